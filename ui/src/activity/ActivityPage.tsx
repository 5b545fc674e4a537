import { EmptyState, FormSelect, FormSelectOption, SearchInput, Tab, TabTitleText, Tabs, Alert, Button } from '@patternfly/react-core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import * as api from '../api/client';
import { keys, useImports } from '../api/queries';
import { useSession } from '../app/session';
import { Loading, Screen } from '../parts/Screen';
import { num, Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { bytes, date, dateOf, duration, plural } from '../parts/text';

const colors: Record<string, 'green' | 'blue' | 'orange' | 'red' | 'grey'> = { done: 'green', running: 'blue', incomplete: 'red', stopped: 'orange', interrupted: 'orange' };
export const RunLabel = ({ state }: { state: string }) => (
  <Tag filled color={colors[state] ?? 'grey'}>
    {state}
  </Tag>
);
const triggers: Record<string, string> = { manual: 'asked for', periodic: 'scheduled', start: 'after a restart', selection: 'after a change' };

export function ActivityPage() {
  const [params, setParams] = useSearchParams();
  const tab = params.get('tab') ?? 'imports';
  return (
    <Screen title="Activity" subtitle="What the region did and does, and who changed what.">
      <Tabs activeKey={tab} onSelect={(_, key) => setParams({ tab: String(key) }, { replace: true })} aria-label="Kinds of activity">
        <Tab eventKey="imports" tabContentId="tab-panel" title={<TabTitleText>Imports</TabTitleText>} />
        <Tab eventKey="events" tabContentId="tab-panel" title={<TabTitleText>Changes</TabTitleText>} />
      </Tabs>
      <div id="tab-panel" role="tabpanel" aria-label={tab === 'events' ? 'Changes' : 'Imports'}>
        {tab === 'events' ? <Events /> : <Imports />}
      </div>
    </Screen>
  );
}

function Imports() {
  const runs = useImports();
  const [state, setState] = useState('');
  if (!runs.data) return <Loading query={runs} what="Imports" />;
  if (runs.data.length === 0) return <EmptyState titleText="No import ran yet" headingLevel="h2" />;
  const shown = runs.data.filter((r) => !state || r.state === state);
  return (
    <>
      <div className="bd-toolbar">
        <FormSelect className="bd-filter" aria-label="Result" value={state} onChange={(_, v) => setState(v)}>
          <FormSelectOption value="" label="Result: all" />
          {[...new Set(runs.data.map((r) => r.state))].map((s) => (
            <FormSelectOption key={s} value={s} label={s} />
          ))}
        </FormSelect>
        <span className="bd-muted">{plural(shown.length, 'import')}</span>
      </div>
      <Table label="Imports table" columns={['Import', 'Result', 'Began', 'Why', num('Took'), num('Fetched'), 'Problems']}>
        {shown.map((run) => {
          const errors = run.problems.filter((p) => p.level === 'error').length;
          return (
            <tr key={run.id}>
              <td>
                <Link to={`/activity/imports/${run.id}`}>#{run.id}</Link>
              </td>
              <td>
                <RunLabel state={run.state} />
              </td>
              <td>{date(run.started)}</td>
              <td>
                {triggers[run.trigger] ?? run.trigger}
                {run.requested_by && ` by ${run.requested_by}`}
              </td>
              <td className="bd-num">{run.ended ? duration((dateOf(run.ended).getTime() - dateOf(run.started).getTime()) / 1000) : '—'}</td>
              <td className="bd-num">{bytes(run.fetched_bytes)}</td>
              <td>{errors ? <Tag filled color="red">{plural(errors, 'error')}</Tag> : run.problems.length ? plural(run.problems.length, 'note') : '—'}</td>
            </tr>
          );
        })}
      </Table>
    </>
  );
}

function Events() {
  const { is_admin } = useSession();
  const [text, setText] = useState('');
  const pages = useInfiniteQuery({
    queryKey: keys.events,
    queryFn: ({ pageParam }) => api.get<api.EventPage>(`events/?limit=100${pageParam ? `&before=${pageParam}` : ''}`),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next_before ?? undefined,
    enabled: is_admin,
  });
  if (!is_admin) return <Alert isInline variant="info" title="Only administrators may see who changed what." />;
  if (!pages.data) return <Loading query={pages} what="Changes" />;
  const all = pages.data.pages.flatMap((p) => p.events);
  const shown = all.filter((e) => `${e.actor} ${e.action} ${e.subject} ${e.origin ?? ''}`.toLowerCase().includes(text.toLowerCase()));
  return (
    <>
      <div className="bd-toolbar">
        <SearchInput aria-label="Search changes" placeholder="Who, what or which" value={text} onChange={(_, v) => setText(v)} onClear={() => setText('')} />
      </div>
      <Table label="Changes table" columns={['When', 'Who', 'What', 'Which', 'Before and after']}>
        {shown.map((e) => (
          <tr key={e.id}>
            <td>{date(e.at)}</td>
            <td>
              {e.actor}
              <span className="bd-small">{e.origin}</span>
            </td>
            <td>{e.action}</td>
            <td>{e.subject}</td>
            <td>
              <Change before={e.before} after={e.after} />
            </td>
          </tr>
        ))}
      </Table>
      {pages.hasNextPage && (
        <Button variant="link" isLoading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          Show older
        </Button>
      )}
    </>
  );
}

/** The members that differ. */
function Change({ before, after }: { before: unknown; after: unknown }) {
  const [a, b] = [(before ?? {}) as Record<string, unknown>, (after ?? {}) as Record<string, unknown>];
  const show = (v: unknown) => (v === undefined || v === '' ? '—' : typeof v === 'string' ? v : JSON.stringify(v));
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((n) => JSON.stringify(a[n]) !== JSON.stringify(b[n]));
  return (
    <>
      {names.map((n) => (
        <span key={n} className="bd-small">
          {n}: {before ? show(a[n]) : ''}
          {before && after ? ' → ' : ''}
          {after ? show(b[n]) : ''}
        </span>
      ))}
    </>
  );
}
