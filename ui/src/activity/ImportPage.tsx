import { Alert, Breadcrumb, BreadcrumbItem, Button, Card, CardBody, FormSelect, FormSelectOption, Progress, SearchInput } from '@patternfly/react-core';
import { DownloadIcon, StopIcon } from '@patternfly/react-icons';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router-dom';
import * as api from '../api/client';
import { keys, useLive } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Loading, Screen } from '../parts/Screen';
import { num, Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { ago, bytes, date, plural } from '../parts/text';
import { RunLabel } from './ActivityPage';
import { useStop } from './useStop';

const most = 300;
const colors: Record<string, 'green' | 'blue' | 'orange' | 'red' | 'grey'> = { stored: 'green', fetching: 'blue', waiting: 'orange', failed: 'red', queued: 'grey' };

export function ImportPage() {
  const id = Number(useParams().id);
  const live = useLive().import;
  const running = live?.id === id && live.phase !== 'ended';
  const reason = useAdminReason();
  // Files move without the catalogue changing, so the running import is asked for while it is looked at.
  const run = useQuery({ queryKey: [...keys.imports, id], queryFn: () => api.get<api.ImportRun>(`imports/${id}/`), refetchInterval: running ? 1000 : false });
  const stop = useStop();
  const [text, setText] = useState('');
  const [state, setState] = useState('');
  if (!run.data)
    return (
      <Screen title={`Import #${id}`}>
        <Loading query={run} what="The import" />
      </Screen>
    );
  const now = run.data;
  const files = now.files ?? [];
  const shown = files.filter((f) => (!state || f.state === state) && `${f.image} ${f.filename}`.toLowerCase().includes(text.toLowerCase()));
  const errors = now.problems.filter((p) => p.level === 'error');
  const others = now.problems.filter((p) => p.level !== 'error');
  return (
    <Screen
      title={`Import #${id}`}
      windowTitle={`Activity · Import #${id}`}
      subtitle={
        <Breadcrumb>
          <BreadcrumbItem>
            <Link to="/activity">Activity</Link>
          </BreadcrumbItem>
          <BreadcrumbItem isActive>Import #{id}</BreadcrumbItem>
        </Breadcrumb>
      }
      actions={
        <>
          <Button variant="secondary" icon={<DownloadIcon />} onClick={() => save(now)}>
            Download log
          </Button>
          {running && (
            <Act variant="secondary" icon={<StopIcon />} reason={reason} isLoading={stop.isPending} onClick={() => stop.mutate(undefined, { onSuccess: () => void run.refetch() })}>
              Stop import
            </Act>
          )}
        </>
      }
    >
      <Card>
        <CardBody>
          <dl className="bd-facts">
            <dt>Result</dt>
            <dd>
              <RunLabel state={now.state} /> {running && <span className="bd-inline bd-small">{now.phase}</span>}
            </dd>
            <dt>Began</dt>
            <dd>
              {date(now.started)} {now.requested_by && `by ${now.requested_by}`}
            </dd>
            <dt>Ended</dt>
            <dd>{date(now.ended)}</dd>
            <dt>Fetched</dt>
            <dd>
              {bytes(now.fetched_bytes)} of {bytes(now.planned_bytes)} planned
              {running && now.planned_bytes > 0 && <Progress aria-label="Import" size="sm" value={Math.floor((now.received_bytes / now.planned_bytes) * 100)} />}
            </dd>
          </dl>
        </CardBody>
      </Card>
      {errors.map((p) => (
        <Alert key={p.subject + p.code} isInline variant="danger" title={p.subject}>
          {p.message} <span className="bd-code">{p.code}</span>
        </Alert>
      ))}
      {others.length > 0 && (
        <Alert isInline isExpandable variant="info" title={plural(others.length, 'note')}>
          {others.map((p) => (
            <p key={p.subject + p.code}>
              <b>{p.subject}</b>: {p.message} <span className="bd-code">{p.code}</span>
            </p>
          ))}
        </Alert>
      )}
      {files.length > 0 ? (
        <>
          <div className="bd-toolbar">
            <SearchInput aria-label="Search files" placeholder="Image or file" value={text} onChange={(_, v) => setText(v)} onClear={() => setText('')} />
            <FormSelect className="bd-filter" aria-label="State" value={state} onChange={(_, v) => setState(v)}>
              <FormSelectOption value="" label="State: all" />
              {[...new Set(files.map((f) => f.state))].map((s) => (
                <FormSelectOption key={s} value={s} label={s} />
              ))}
            </FormSelect>
            <span className="bd-muted">
              {shown.length > most ? `the first ${most} of ` : ''}
              {plural(shown.length, 'file')}
            </span>
          </div>
          <Table label="Files table" columns={['Image', 'File', 'State', num('Received'), num('Size')]}>
            {shown.slice(0, most).map((f) => (
              <tr key={f.sha256}>
                <td>{f.image}</td>
                <td>{f.filename}</td>
                <td>
                  <Tag color={colors[f.state] ?? 'grey'}>
                    {f.state}
                  </Tag>
                  {f.message && (
                    <span className="bd-small">
                      {f.message} <span className="bd-code">{f.code}</span>
                    </span>
                  )}
                  {f.retry_at && <span className="bd-small">Next try {ago(f.retry_at)}</span>}
                </td>
                <td className="bd-num">{bytes(f.received)}</td>
                <td className="bd-num">{bytes(f.size)}</td>
              </tr>
            ))}
          </Table>
        </>
      ) : (
        <p className="bd-muted">{running ? 'No file has to be fetched so far.' : 'The files of past imports are not kept; their problems are.'}</p>
      )}
    </Screen>
  );
}

/** Saves a run as text, a line per file and problem. */
function save(run: api.ImportRun) {
  const lines = [
    `import ${run.id} ${run.state} (${run.phase}), ${run.trigger}${run.requested_by ? ' by ' + run.requested_by : ''}`,
    `began ${run.started}Z, ended ${run.ended ? run.ended + 'Z' : '-'}`,
    `planned ${run.planned_bytes} bytes, received ${run.received_bytes}, fetched ${run.fetched_bytes}`,
    ...run.problems.map((p) => `${p.level} ${p.code} ${p.subject}: ${p.message}`),
    ...(run.files ?? []).map((f) => `file ${f.state} ${f.received}/${f.size} ${f.image} ${f.filename} ${f.sha256}${f.code ? ` ${f.code}: ${f.message}` : ''}`),
  ];
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([lines.join('\n') + '\n'], { type: 'text/plain' }));
  link.download = `bootdepot-import-${run.id}.log`;
  link.click();
  URL.revokeObjectURL(link.href);
}
