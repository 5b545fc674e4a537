import { Alert, Breadcrumb, BreadcrumbItem, Card, CardBody, CardTitle, ClipboardCopy, ExpandableSection } from '@patternfly/react-core';
import { TrashIcon } from '@patternfly/react-icons';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router-dom';
import * as api from '../api/client';
import { keys, useSources } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Loading, Screen } from '../parts/Screen';
import { num, Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { bytes, date, plural } from '../parts/text';
import { CopiesCard } from './Copies';
import { DeletePanel } from './DeletePanel';
import { useRows } from './ImagesPage';
import { SourceChange } from './SourceChange';
import { Versions } from './Versions';
import { isBusy, titleOf } from './rows';
import { Status } from './Status';

/** One image: how it stands and why, its kernels, their versions and files. */
export function ImagePage() {
  const key = useParams().key ?? '';
  const { images, rows } = useRows();
  const sources = useSources();
  const reason = useAdminReason();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const [moving, setMoving] = useState(false);
  const row = rows.find((r) => r.key === key);
  const details = useQueries({
    // Asked again whenever the list was: so a resource that is gone from the list is not asked for once more.
    queries: (row?.resources ?? []).map((id) => ({
      queryKey: [...keys.image, id, images.dataUpdatedAt],
      queryFn: () => api.get<api.ImageDetail>(`boot-resources/${id}/`),
      placeholderData: keepPreviousData,
      gcTime: 10_000,
    })),
  });
  if (!images.data)
    return (
      <Screen title="Image">
        <Loading query={images} what="The image" />
      </Screen>
    );
  if (!row)
    return (
      <Screen title="Image">
        <Alert isInline variant="warning" title="There is no such image (any more)">
          <Link to="/images">All images</Link>
        </Alert>
      </Screen>
    );
  const nameOf = (id: number) => sources.data?.find((s) => s.id === id)?.name ?? `source ${id}`;
  const busy = isBusy(row) ? 'It is being fetched. Stop the import first.' : undefined;
  return (
    <Screen
      title={`${titleOf(row)} ${row.arch}`}
      windowTitle={`Images · ${titleOf(row)} ${row.arch}`}
      subtitle={
        <Breadcrumb>
          <BreadcrumbItem>
            <Link to="/images">Images</Link>
          </BreadcrumbItem>
          <BreadcrumbItem isActive>{row.name}</BreadcrumbItem>
        </Breadcrumb>
      }
      actions={
        <>
        {row.kind === 'synced' && !row.bootloader && (
          <Act
            variant="secondary"
            reason={reason ?? busy ?? (row.offered_by.some((id) => id !== row.selected_by[0]) ? undefined : 'No other source offers it.')}
            onClick={() => setMoving(true)}
          >
            Change source
          </Act>
        )}
        <Act variant="secondary" isDanger icon={<TrashIcon />} reason={reason ?? busy} onClick={() => setDeleting(true)}>
          Delete
        </Act>
        </>
      }
    >
      {row.why && row.state !== 'ready' && (
        <Alert isInline variant={row.state === 'failed' || row.state === 'refused' ? 'danger' : 'info'} title={row.why}>
          {row.whyCode && <span className="bd-code">{row.whyCode}</span>}
        </Alert>
      )}
      <Card>
        <CardBody>
          <dl className="bd-facts">
            <dt>Status</dt>
            <dd>
              <Status row={row} />
            </dd>
            <dt>Version</dt>
            <dd>
              {row.version ?? '—'} {row.label && <Tag filled>{row.label}</Tag>}
              {row.offered_version && row.offered_version !== row.version && <> · offered: {row.offered_version}</>}
            </dd>
            <dt>Size</dt>
            <dd>
              {bytes(row.size)} in {plural(row.versions, 'version')}
            </dd>
            <dt>Completed</dt>
            <dd>{date(row.updated)}</dd>
            <dt>Last deployed</dt>
            <dd>{date(row.last_deployed)}</dd>
            <dt>Source</dt>
            <dd>
              {row.kind === 'uploaded'
                ? 'Uploaded'
                : row.selected_by.length === 0
                  ? `Not selected${row.source_id ? ` (came from ${nameOf(row.source_id)})` : ''}`
                  : nameOf(row.selected_by[0]!)}
              {row.selected_by.length > 1 && (
                <span className="bd-small">
                  Also selected in {row.selected_by.slice(1).map(nameOf).join(', ')}: won’t sync from there, because {nameOf(row.selected_by[0]!)} has the higher priority.
                </span>
              )}
            </dd>
          </dl>
        </CardBody>
      </Card>
      {row.versions > 0 && <Versions row={row} />}
      <CopiesCard row={row} />
      {details.map((detail, i) =>
        detail.data ? <Kernel key={detail.data.id} detail={detail.data} /> : <Loading key={row.resources[i]} query={detail} what="Its versions" />,
      )}
      {moving && <SourceChange rows={[row]} nameOf={nameOf} onClose={() => setMoving(false)} />}
      {deleting && <DeletePanel rows={[row]} onClose={() => setDeleting(false)} onDone={(stayed) => (stayed.length ? setDeleting(false) : void navigate('/images'))} />}
    </Screen>
  );
}

function Kernel({ detail }: { detail: api.ImageDetail }) {
  const sets = Object.values(detail.sets).sort((a, b) => (a.version < b.version ? 1 : -1));
  return (
    <Card>
      <CardTitle component="h2">{detail.architecture}</CardTitle>
      <CardBody>
        {detail.subarches && <p className="bd-small">Serves: {detail.subarches.split(',').join(', ')}</p>}
        {sets.length === 0 && <p className="bd-muted">No version is held.</p>}
        {sets.map((set, i) => (
          <Version key={set.version} set={set} isOpen={i === 0} />
        ))}
      </CardBody>
    </Card>
  );
}

function Version({ set, isOpen }: { set: api.ImageDetail['sets'][string]; isOpen: boolean }) {
  const [open, setOpen] = useState(isOpen);
  const files = Object.values(set.files);
  return (
    <ExpandableSection
      isExpanded={open}
      onToggle={(_, on) => setOpen(on)}
      toggleText={`${set.version} · ${bytes(set.size)} · ${set.complete ? 'complete' : `${Math.floor(set.progress ?? 0)} % received`}`}
    >
      <Table label={`Files of ${set.version}`} columns={['File', 'Type', num('Size'), 'SHA-256', 'State']}>
        {files.map((file) => (
          <tr key={file.filename}>
            <td>{file.filename}</td>
            <td>{file.filetype}</td>
            <td className="bd-num">{bytes(file.size)}</td>
            <td>
              <ClipboardCopy isReadOnly variant="inline-compact" isCode hoverTip="Copy" clickTip="Copied" aria-label={`SHA-256 of ${file.filename}`}>
                {file.sha256}
              </ClipboardCopy>
            </td>
            <td>{file.complete ? 'Stored' : `${Math.floor(file.progress ?? 0)} %`}</td>
          </tr>
        ))}
      </Table>
    </ExpandableSection>
  );
}

