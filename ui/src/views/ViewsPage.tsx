import { EmptyState, EmptyStateBody } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { keys } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Loading, Screen } from '../parts/Screen';
import { acts, Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { useToast } from '../parts/toasts';
import { TokensPanel } from './TokensPanel';
import { ViewPanel } from './ViewPanel';

type Open = { what: 'make' } | { what: 'change' | 'use'; name: string };

/** Parts of what the region holds, each published as a stream of its own. */
export function ViewsPage() {
  const list = useQuery({ queryKey: keys.views, queryFn: () => api.get<api.View[]>('views/') });
  const client = useQueryClient();
  const toast = useToast();
  const reason = useAdminReason();
  const [open, setOpen] = useState<Open>();
  const refresh = () => void client.invalidateQueries({ queryKey: keys.views });
  const close = () => setOpen(undefined);
  const remove = useMutation({
    mutationFn: (name: string) => api.remove(`views/${name}/`),
    onSuccess: (_, name) => {
      toast('success', `${name} deleted`);
      refresh();
    },
    onError: (e) => toast('danger', 'Not deleted', e.message),
  });
  const view = open && open.what !== 'make' ? list.data?.find((v) => v.name === open.name) : undefined;
  const sure = (v: api.View) =>
    confirm(`Delete the view ${v.name} and its tokens? Who uses it is refused at once. ${v.exclusive ? 'Anybody can then have the images that only it kept from the public.' : 'No image goes.'}`);
  return (
    <Screen
      title="Views"
      subtitle="Parts of what is here, each published as a signed stream of its own, for anybody or for who has a token."
      actions={
        <Act variant="primary" reason={reason} onClick={() => setOpen({ what: 'make' })}>
          Make a view
        </Act>
      }
    >
      {!list.data ? (
        <Loading query={list} what="Views" />
      ) : list.data.length === 0 ? (
        <EmptyState titleText="No views" headingLevel="h2">
          <EmptyStateBody>Other regions, MAAS and mirrors see everything in the region’s own stream.</EmptyStateBody>
        </EmptyState>
      ) : (
        <Table label="Views table" columns={['Name', 'Images', 'Access', 'Tokens', acts]}>
          {list.data.map((v) => (
            <tr key={v.name}>
              <td>{v.name}</td>
              <td className="bd-code">{v.images.join(', ')}</td>
              <td>
                <Tag color={v.exclusive ? 'orange' : v.private ? 'blue' : 'green'}>{v.exclusive ? 'exclusive' : v.private ? 'private' : 'public'}</Tag>
              </td>
              <td>{v.tokens.length > 0 ? v.tokens.join(', ') : '—'}</td>
              <td className="bd-acts">
                <Act variant="link" isInline aria-label={`Use ${v.name}`} onClick={() => setOpen({ what: 'use', name: v.name })}>
                  Use
                </Act>{' '}
                <Act variant="link" isInline aria-label={`Change ${v.name}`} reason={reason} onClick={() => setOpen({ what: 'change', name: v.name })}>
                  Change
                </Act>{' '}
                <Act variant="link" isInline isDanger aria-label={`Delete ${v.name}`} reason={reason} onClick={() => sure(v) && remove.mutate(v.name)}>
                  Delete
                </Act>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {(open?.what === 'make' || (open?.what === 'change' && view)) && (
        <ViewPanel
          key={view?.name ?? ''}
          view={view}
          onClose={close}
          onDone={() => {
            refresh();
            close();
          }}
        />
      )}
      {open?.what === 'use' && view && <TokensPanel key={view.name} view={view} reason={reason} onClose={close} onChange={refresh} />}
    </Screen>
  );
}
