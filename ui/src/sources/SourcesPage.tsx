import { Alert, EmptyState, EmptyStateBody, Tooltip } from '@patternfly/react-core';
import { CheckCircleIcon, ExclamationCircleIcon, PauseCircleIcon, ClockIcon } from '@patternfly/react-icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import * as api from '../api/client';
import { keys, useImages, useSources, useSourceStates } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { Loading, Screen } from '../parts/Screen';
import { acts, num, Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { ago, bytes, date, plural } from '../parts/text';
import { useToast } from '../parts/toasts';
import { NetworkPanel } from './NetworkPanel';
import { SourcePanel } from './SourcePanel';

export const tagOf = (source: api.Source) => ({ 'If-Match': `"${source.updated}"` });

export function SourcesPage() {
  const sources = useSources();
  const states = useSourceStates();
  const client = useQueryClient();
  const toast = useToast();
  const reason = useAdminReason();
  const [params, setParams] = useSearchParams();
  const [editing, setEditing] = useState<api.Source | 'new' | undefined>(params.has('new') ? 'new' : undefined);
  const [deleting, setDeleting] = useState<api.Source>();
  const [reaching, setReaching] = useState<api.Source>();
  const stateOf = new Map(states.data?.map((s) => [s.id, s]));
  const sorted = [...(sources.data ?? [])].sort((a, b) => b.priority - a.priority || a.id - b.id);
  const refresh = () => {
    for (const key of [keys.sources, keys.sourceStates, keys.images, keys.offers]) void client.invalidateQueries({ queryKey: key });
  };
  const enable = useMutation({
    mutationFn: (s: api.Source) => api.put<api.Source>(`boot-sources/${s.id}/`, { enabled: !s.enabled ? 'true' : 'false' }, tagOf(s)),
    onSuccess: (s) => {
      toast('success', s.enabled ? `${s.name} is enabled` : `${s.name} is disabled`, s.enabled ? undefined : 'Its images stay; they get no updates.');
      refresh();
    },
    onError: (e) => {
      toast('danger', 'Nothing was changed', e.message);
      refresh();
    },
  });
  const close = () => {
    setEditing(undefined);
    setParams({}, { replace: true });
  };
  return (
    <Screen
      title="Sources"
      subtitle="Where images come from. Of two sources that offer the same image, the one with the higher priority wins."
      actions={
        <Act reason={reason} onClick={() => setEditing('new')}>
          Add custom source
        </Act>
      }
    >
      {sources.data === undefined ? (
        <Loading query={sources} what="Sources" />
      ) : sorted.length === 0 ? (
        <EmptyState titleText="No sources found." headingLevel="h2">
          <EmptyStateBody>Add the URL of a stream, such as http://images.maas.io/ephemeral-v3/stable/ or another region’s.</EmptyStateBody>
        </EmptyState>
      ) : (
        <Table label="Source table" columns={['Name', 'Source URL', num('Priority'), 'State', 'Signed with GPG key', acts]}>
          {sorted.map((source) => {
            const state = stateOf.get(source.id);
            return (
              <tr key={source.id} className={source.enabled ? undefined : 'bd-dim'}>
                <td>
                  <b>{source.name}</b>
                  <span className="bd-small">
                    {state && (state.selections === 0 ? 'Everything is selected' : plural(state.selections, 'selection'))}
                    {state && state.resources > 0 && <> · {plural(state.resources, 'resource')} held</>}
                  </span>
                </td>
                <td>{source.url}</td>
                <td className="bd-num">{source.priority}</td>
                <td>
                  <SourceLabel source={source} state={state} />
                </td>
                <td>
                  {source.skip_keyring_verification ? (
                    <Tag filled color="orange" icon={<ExclamationCircleIcon />}>
                      Unsigned
                    </Tag>
                  ) : (
                    <>
                      {source.keyring_filename || 'Keyring in the catalogue'}
                      {state?.signed_by && (
                        <Tooltip content={`Signed by ${state.signed_by}`}>
                          <span tabIndex={0} role="note" className="bd-small bd-code bd-focusable">
                            {state.signed_by.slice(-16)}
                          </span>
                        </Tooltip>
                      )}
                    </>
                  )}
                </td>
                <td className="bd-acts">
                  <Act variant="link" isInline reason={reason} aria-label={`Edit ${source.name}`} onClick={() => setEditing(source)}>
                    Edit
                  </Act>{' '}
                  <Act variant="link" isInline reason={reason} aria-label={`Network of ${source.name}`} onClick={() => setReaching(source)}>
                    Network
                  </Act>{' '}
                  <Act variant="link" isInline reason={reason} aria-label={`${source.enabled ? 'Disable' : 'Enable'} ${source.name}`} onClick={() => enable.mutate(source)}>
                    {source.enabled ? 'Disable' : 'Enable'}
                  </Act>{' '}
                  <Act variant="link" isInline isDanger reason={reason} aria-label={`Delete ${source.name}`} onClick={() => setDeleting(source)}>
                    Delete
                  </Act>
                </td>
              </tr>
            );
          })}
        </Table>
      )}
      {sorted.map((s) => stateOf.get(s.id)).filter((s) => s?.code).map((s) => (
        <Alert key={s!.id} isInline variant="danger" title={`${sorted.find((x) => x.id === s!.id)?.name} cannot be used`}>
          {s!.reason} <span className="bd-code">{s!.code}</span>
        </Alert>
      ))}
      {editing && (
        <SourcePanel
          source={editing === 'new' ? undefined : editing}
          onClose={close}
          onDone={() => {
            refresh();
            close();
          }}
        />
      )}
      {reaching && (
        <NetworkPanel
          source={reaching}
          onClose={() => setReaching(undefined)}
          onDone={() => {
            refresh();
            setReaching(undefined);
          }}
        />
      )}
      {deleting && (
        <DeleteSource
          source={deleting}
          onClose={() => setDeleting(undefined)}
          onDone={() => {
            refresh();
            setDeleting(undefined);
          }}
        />
      )}
    </Screen>
  );
}

export function SourceLabel({ source, state }: { source: api.Source; state?: api.SourceState }) {
  if (!source.enabled)
    return (
      <Tag filled icon={<PauseCircleIcon />}>
        Disabled
      </Tag>
    );
  if (!state?.checked)
    return (
      <Tag filled icon={<ClockIcon />}>
        Not read yet
      </Tag>
    );
  return (
    <>
      <Tag color={state.code ? 'red' : 'green'} icon={state.code ? <ExclamationCircleIcon /> : <CheckCircleIcon />}>
        {state.code ? 'Failed' : 'Verified'}
      </Tag>
      <span className="bd-small" title={date(state.checked)}>
        Last read {ago(state.checked)}
      </span>
    </>
  );
}

function DeleteSource({ source, onClose, onDone }: { source: api.Source; onClose: () => void; onDone: () => void }) {
  const images = useImages();
  const toast = useToast();
  const going = (images.data ?? []).filter((i) => i.selected_by.length === 1 && i.selected_by[0] === source.id && i.version !== null);
  const staying = (images.data ?? []).filter((i) => i.selected_by.length > 1 && i.selected_by.includes(source.id));
  const run = useMutation({
    mutationFn: () => api.remove(`boot-sources/${source.id}/`),
    onSuccess: () => {
      toast('success', `${source.name} deleted`);
      onDone();
    },
  });
  return (
    <Panel
      title="Delete source"
      onClose={onClose}
      footer={
        <Act variant="danger" isLoading={run.isPending} onClick={() => run.mutate()}>
          Delete {source.name}
        </Act>
      }
    >
      {run.isError && (
        <Alert isInline variant="danger" title="Not deleted">
          {run.error.message}
        </Alert>
      )}
      <p>
        <b>{source.name}</b>
        <span className="bd-small">{source.url}</span>
      </p>
      <Alert isInline variant="warning" title={going.length ? `${plural(going.length, 'image')} (${bytes(going.reduce((n, i) => n + i.size, 0))}) come only from it` : 'No image comes only from it'}>
        Its selections go at once; the next import removes the images that nothing else selects.
        {going.slice(0, 8).map((i) => (
          <span key={i.key} className="bd-small">
            {i.name} {i.arch}
          </span>
        ))}
        {going.length > 8 && <span className="bd-small">and {going.length - 8} more</span>}
        {staying.length > 0 && <span className="bd-small">{plural(staying.length, 'image')} stay, because another source has them selected, too.</span>}
      </Alert>
    </Panel>
  );
}
