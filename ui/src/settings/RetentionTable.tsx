import { Form, FormGroup, TextInput } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { keys, useSources } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { helpOf, validity } from '../parts/help';
import { NotSaved } from '../parts/NotSaved';
import { Panel } from '../parts/Panel';
import { Loading } from '../parts/Screen';
import { acts, num, Table } from '../parts/Table';
import { useToast } from '../parts/toasts';

/** What single selections keep beside what the settings say. */
export function RetentionTable() {
  const list = useQuery({ queryKey: keys.retention, queryFn: () => api.get<api.Retention[]>('retention/') });
  const sources = useSources();
  const reason = useAdminReason();
  const client = useQueryClient();
  const [editing, setEditing] = useState<api.Retention>();
  if (!list.data) return <Loading query={list} what="What selections keep" />;
  const nameOf = (id: number) => sources.data?.find((s) => s.id === id)?.name ?? `source ${id}`;
  return (
    <>
      <h2 className="bd-h2">Single selections</h2>
      {list.data.length === 0 ? (
        <p className="bd-muted">Nothing is selected by name.</p>
      ) : (
        <Table label="Retention table" columns={['Selection', 'Source', num('Versions kept'), num('Days kept'), acts]}>
          {list.data.map((r) => (
            <tr key={r.selection_id}>
              <td>
                {r.os}/{r.release}
              </td>
              <td>{nameOf(r.boot_source_id)}</td>
              <td className="bd-num">{r.keep_versions ?? 'as above'}</td>
              <td className="bd-num">{r.keep_days ?? 'as above'}</td>
              <td className="bd-acts">
                <Act variant="link" isInline reason={reason} aria-label={`Change what ${r.os}/${r.release} keeps`} onClick={() => setEditing(r)}>
                  Change
                </Act>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {editing && (
        <Edit
          what={editing}
          onClose={() => setEditing(undefined)}
          onDone={() => {
            void client.invalidateQueries({ queryKey: keys.retention });
            setEditing(undefined);
          }}
        />
      )}
    </>
  );
}

function Edit({ what, onClose, onDone }: { what: api.Retention; onClose: () => void; onDone: () => void }) {
  const toast = useToast();
  const start = { keep_versions: String(what.keep_versions ?? ''), keep_days: String(what.keep_days ?? '') };
  const [form, setForm] = useState(start);
  const save = useMutation({
    mutationFn: () => api.put<api.Retention>(`retention/${what.selection_id}/`, form),
    onSuccess: () => {
      toast('success', 'Saved', 'It counts from the next import on.');
      onDone();
    },
  });
  const error = save.error as api.ApiError | null;
  const help = helpOf(error);
  return (
    <Panel
      title={`What ${what.os}/${what.release} keeps`}
      dirty={JSON.stringify(form) !== JSON.stringify(start)}
      onClose={onClose}
      footer={
        <Act isLoading={save.isPending} onClick={() => save.mutate()}>
          Save
        </Act>
      }
    >
      <NotSaved error={error} fields={['keep_versions', 'keep_days']} />
      <p className="bd-muted">An empty field follows the settings. Pinned versions come on top.</p>
      <Form onSubmit={(e) => e.preventDefault()}>
        {(
          [
            ['keep_versions', 'Versions kept'],
            ['keep_days', 'Days that a former version is kept'],
          ] as const
        ).map(([name, label]) => (
          <FormGroup key={name} label={label} fieldId={`retention-${name}`}>
            <TextInput id={`retention-${name}`} type="number" min={0} value={form[name]} validated={validity(error, name)} onChange={(_, v) => setForm((f) => ({ ...f, [name]: v }))} />
            {help(name)}
          </FormGroup>
        ))}
      </Form>
    </Panel>
  );
}
