import { Alert, Breadcrumb, BreadcrumbItem, Card, CardBody, SearchInput, Title } from '@patternfly/react-core';
import { SyncAltIcon, TrashIcon } from '@patternfly/react-icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router-dom';
import * as api from '../api/client';
import { keys } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { Loading, Screen } from '../parts/Screen';
import { num, Table } from '../parts/Table';
import { ago, bytes, date, plural } from '../parts/text';
import { useToast } from '../parts/toasts';
import { BootLog } from './BootLog';
import { CopyState, heldOf } from './CopyState';
import { RackSettingsPanel } from './RackSettingsPanel';
import { RackState } from './RacksPage';

export function RackPage() {
  const id = useParams().id ?? '';
  const toast = useToast();
  const reason = useAdminReason();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const [editing, setEditing] = useState(false);
  const remove = useMutation({
    mutationFn: () => api.remove(`racks/${id}/`),
    onSuccess: () => {
      toast('success', 'Rack removed');
      void navigate('/racks');
    },
  });
  const rack = useQuery({
    queryKey: [...keys.racks, id],
    queryFn: () => api.get<api.RackDetail>(`racks/${id}/`),
    refetchInterval: 5000,
    // A rack that was just removed is not asked for once more.
    enabled: !remove.isPending && !remove.isSuccess,
  });
  const sync = useMutation({
    mutationFn: () => api.post(`racks/${id}/op-import_boot_images`),
    onSuccess: () => toast('success', 'The rack was told', 'It looks for images at its next contact, whatever its time windows say.'),
    onError: (e) => toast('danger', 'The rack could not be told', e.message),
  });
  if (!rack.data)
    return (
      <Screen title="Rack">
        <Loading query={rack} what="The rack" />
      </Screen>
    );
  const now = rack.data;
  return (
    <Screen
      title={now.name || now.system_id}
      windowTitle={`Racks · ${now.name || now.system_id}`}
      subtitle={
        <Breadcrumb>
          <BreadcrumbItem>
            <Link to="/racks">Racks</Link>
          </BreadcrumbItem>
          <BreadcrumbItem isActive>{now.system_id}</BreadcrumbItem>
        </Breadcrumb>
      }
      actions={
        <>
          <Act variant="secondary" isDanger icon={<TrashIcon />} reason={reason} onClick={() => setDeleting(true)}>
            Remove rack
          </Act>
          <Act variant="secondary" reason={reason} onClick={() => setEditing(true)}>
            Settings
          </Act>
          <Act icon={<SyncAltIcon />} reason={reason} isLoading={sync.isPending} onClick={() => sync.mutate()}>
            Import images
          </Act>
        </>
      }
    >
      {now.message && (
        <Alert isInline variant="danger" title={now.message}>
          <span className="bd-code">{now.code}</span>
        </Alert>
      )}
      <Card>
        <CardBody>
          <dl className="bd-facts">
            <dt>State</dt>
            <dd>
              <RackState rack={now} />
            </dd>
            <dt>Last contact</dt>
            <dd>
              {ago(now.last_contact)} <span className="bd-small">{date(now.last_contact)}</span>
            </dd>
            <dt>Copies</dt>
            <dd>
              {now.mode}
              {now.selections.length > 0 && <>: {now.selections.join(', ')}</>}
            </dd>
            <dt>Limits</dt>
            <dd>
              {now.bytes_per_second ? `${bytes(now.bytes_per_second)}/s` : 'no rate limit'}
              {now.windows.length > 0 && <>, only {now.windows.join(', ')}</>}
            </dd>
            <dt>Disk</dt>
            <dd>
              {bytes(now.disk_used)} used, {bytes(now.disk_free)} free
            </dd>
            <dt>Version</dt>
            <dd>{now.version || '—'}</dd>
          </dl>
        </CardBody>
      </Card>
      <Title headingLevel="h2">Images</Title>
      <RackImages images={now.images} />
      <Title headingLevel="h2">Boot log</Title>
      <BootLog rack={now.system_id} />
      {editing && (
        <RackSettingsPanel
          rack={now}
          onClose={() => setEditing(false)}
          onDone={() => {
            void rack.refetch();
            setEditing(false);
          }}
        />
      )}
      {deleting && (
        <Panel
          title="Remove rack"
          onClose={() => setDeleting(false)}
          footer={
            <Act variant="danger" isLoading={remove.isPending} onClick={() => remove.mutate()}>
              Remove {now.name || now.system_id}
            </Act>
          }
        >
          {remove.isError && (
            <Alert isInline variant="danger" title="Not removed">
              {remove.error.message}
            </Alert>
          )}
          <p>The region forgets it and refuses its key. What it holds stays on its disk, and machines can go on booting from it; it gets no more images.</p>
        </Panel>
      )}
    </Screen>
  );
}

const most = 200;

/** The images of a rack; those in trouble or on their way first, since of many only some are shown. */
function RackImages({ images }: { images: api.RackDetail['images'] }) {
  const [text, setText] = useState('');
  const found = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/);
    const rank = (state: string) => (state === 'failed' ? 0 : state === 'syncing' ? 1 : state === 'waiting' ? 2 : 3);
    return images.filter((i) => words.every((w) => `${i.name} ${i.architecture} ${i.version} ${i.state}`.includes(w))).sort((a, b) => rank(a.state) - rank(b.state));
  }, [images, text]);
  if (images.length === 0) return <p className="bd-muted">The rack has not reported any image.</p>;
  return (
    <>
      {images.length > 10 && (
        <div className="bd-toolbar">
          <SearchInput aria-label="Search images of the rack" placeholder="Image, architecture or state" value={text} onChange={(_, v) => setText(v)} onClear={() => setText('')} />
          <span className="bd-muted" aria-live="polite">
            {found.length > most ? `the first ${most} of ` : ''}
            {plural(found.length, 'image')}
          </span>
        </div>
      )}
      <Table label="Images of the rack" columns={['Image', 'Architecture', 'Version', 'State', num('Held')]}>
        {found.slice(0, most).map((i) => (
          <tr key={`${i.name} ${i.architecture} ${i.version}`}>
            <td>{i.name}</td>
            <td>{i.architecture}</td>
            <td>{i.version}</td>
            <td>
              <CopyState copy={i} name={`${i.name} ${i.architecture}`} />
            </td>
            <td className="bd-num">{heldOf(i)}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
