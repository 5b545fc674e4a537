import { Button, EmptyState, EmptyStateBody, FormSelect, FormSelectOption, SearchInput } from '@patternfly/react-core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { Loading } from '../parts/Screen';
import { Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { bytes, date } from '../parts/text';

const colors: Record<string, 'green' | 'blue' | 'red' | 'grey'> = { booted: 'green', installed: 'green', failed: 'red', booting: 'blue', installing: 'blue' };
const results = ['booting', 'booted', 'installing', 'installed', 'local', 'menu', 'failed'];

/** Which machine asked for what, when, and how it ended. */
export function BootLog({ rack }: { rack?: string }) {
  const [machine, setMachine] = useState('');
  const [result, setResult] = useState('');
  const mac = /^([0-9a-f]{2}[:-]?){6}$/i.test(machine.trim()) ? machine.trim() : '';
  const query = new URLSearchParams({ limit: '100', ...(rack ? { rack } : {}), ...(mac ? { machine: mac } : {}), ...(result ? { result } : {}) });
  const pages = useInfiniteQuery({
    queryKey: ['boots', query.toString()],
    queryFn: ({ pageParam }) => api.get<api.BootRecordPage>(`boot-records/?${query.toString()}${pageParam ? `&before=${pageParam}` : ''}`),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next_before ?? undefined,
  });
  const records = (pages.data?.pages.flatMap((p) => p.records) ?? []).filter((r) => mac || !machine || `${r.machine ?? ''} ${r.address} ${r.image ?? ''}`.includes(machine.toLowerCase()));
  return (
    <>
      <div className="bd-toolbar">
        <SearchInput aria-label="Search machines" placeholder="MAC address, address or image" value={machine} onChange={(_, v) => setMachine(v)} onClear={() => setMachine('')} />
        <FormSelect className="bd-filter" aria-label="Result" value={result} onChange={(_, v) => setResult(v)}>
          <FormSelectOption value="" label="Result: all" />
          {results.map((r) => (
            <FormSelectOption key={r} value={r} label={r} />
          ))}
        </FormSelect>
      </div>
      {!pages.data ? (
        <Loading query={pages} what="The boot log" />
      ) : records.length === 0 ? (
        <EmptyState titleText="No machine booted yet" headingLevel="h2">
          <EmptyStateBody>Each machine that asks a rack for something appears here, with every file it was given.</EmptyStateBody>
        </EmptyState>
      ) : (
        <Table label="Boot log table" columns={['When', 'Machine', 'Image', 'Result', 'Steps']}>
          {records.map((r) => (
            <tr key={`${r.rack}/${r.id}`}>
              <td>{date(r.started)}</td>
              <td>
                {r.machine ?? 'unknown'}
                <span className="bd-small">{r.address}</span>
              </td>
              <td>
                {r.image ?? '—'}
                {r.mode && <span className="bd-small">{r.mode}</span>}
              </td>
              <td>
                <Tag color={colors[r.result] ?? 'grey'}>
                  {r.result}
                </Tag>
                {r.reason && (
                  <span className="bd-small">
                    {r.reason.message} <span className="bd-code">{r.reason.code}</span>
                  </span>
                )}
              </td>
              <td>
                <details>
                  <summary>{r.steps.length} files</summary>
                  {r.steps.map((s, i) => (
                    <span key={i} className="bd-small">
                      {date(s.at)} {s.protocol} {s.path} ({s.kind}, {bytes(s.bytes)}): {s.outcome}
                    </span>
                  ))}
                </details>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {pages.hasNextPage && (
        <Button variant="link" isLoading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          Show older
        </Button>
      )}
    </>
  );
}
