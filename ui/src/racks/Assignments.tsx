import { EmptyState, EmptyStateBody } from '@patternfly/react-core';
import { PlusIcon } from '@patternfly/react-icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Loading } from '../parts/Screen';
import { acts, Table } from '../parts/Table';
import { ago, date } from '../parts/text';
import { useToast } from '../parts/toasts';
import { AssignmentPanel, modeWords } from './AssignmentPanel';

const key = ['assignments'];

/** What machines boot: one by its address, all of an architecture, all that nothing else is said of. */
export function Assignments() {
  const client = useQueryClient();
  const toast = useToast();
  const reason = useAdminReason();
  const [editing, setEditing] = useState<api.BootAssignment | 'new'>();
  const all = useQuery({ queryKey: key, queryFn: () => api.get<api.BootAssignment[]>('boot-assignments/') });
  const refresh = () => void client.invalidateQueries({ queryKey: key });
  const clear = useMutation({
    mutationFn: (target: string) => api.remove(`boot-assignments/${encodeURIComponent(target)}/`),
    onSuccess: (_, target) => toast('success', `Nothing is assigned to ${target} any more`),
    onSettled: refresh,
    onError: (e) => toast('danger', 'Nothing was changed', e.message),
  });
  return (
    <>
      <div className="bd-toolbar">
        <Act variant="secondary" icon={<PlusIcon />} reason={reason} onClick={() => setEditing('new')}>
          Assign
        </Act>
        <span className="bd-muted">The most exact one counts: machine, architecture, default.</span>
      </div>
      {!all.data ? (
        <Loading query={all} what="Assignments" />
      ) : all.data.length === 0 ? (
        <EmptyState titleText="Nothing is assigned" headingLevel="h2">
          <EmptyStateBody>Machines get the menu of all images. Assign an image to a machine, to an architecture, or to all of them.</EmptyStateBody>
        </EmptyState>
      ) : (
        <Table label="Assignments table" columns={['Machines', 'What they do', 'Image', 'Changed', acts]}>
          {all.data.map((a) => (
            <tr key={a.target}>
              <td>
                <b>{a.target}</b>
              </td>
              <td>
                {modeWords[a.mode] ?? a.mode}
                {a.disk && <span className="bd-small">on {a.disk}</span>}
              </td>
              <td>
                {a.image ?? '—'}
                <span className="bd-small">{[a.kernel, a.version, a.kernel_parameters].filter((w) => w).join(' · ')}</span>
              </td>
              <td title={date(a.updated)}>{ago(a.updated)}</td>
              <td className="bd-acts">
                <Act variant="link" isInline reason={reason} aria-label={`Edit assignment of ${a.target}`} onClick={() => setEditing(a)}>
                  Edit
                </Act>{' '}
                <Act variant="link" isInline isDanger reason={reason} aria-label={`Clear assignment of ${a.target}`} onClick={() => clear.mutate(a.target)}>
                  Clear
                </Act>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {editing && (
        <AssignmentPanel
          assignment={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onDone={() => {
            refresh();
            setEditing(undefined);
          }}
        />
      )}
    </>
  );
}
