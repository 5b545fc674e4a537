import { Alert, ClipboardCopy, TextInput } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { keys } from '../api/queries';
import { Act } from '../parts/Act';
import { Loading } from '../parts/Screen';
import { acts, Table } from '../parts/Table';
import { useToast } from '../parts/toasts';

export function KeysTab() {
  const tokens = useQuery({ queryKey: keys.tokens, queryFn: () => api.get<api.TokenName[]>('account/?op=list_authorisation_tokens') });
  const client = useQueryClient();
  const toast = useToast();
  const [name, setName] = useState('');
  const refresh = () => void client.invalidateQueries({ queryKey: keys.tokens });
  const make = useMutation({
    mutationFn: () => api.post<api.Token>('account/op-create_authorisation_token', { name: name || undefined }),
    onSuccess: () => {
      setName('');
      refresh();
    },
    onError: (e) => toast('danger', 'No key was made', e.message),
  });
  const revoke = useMutation({
    mutationFn: (key: string) => api.post('account/op-delete_authorisation_token', { token_key: key }),
    onSuccess: () => {
      toast('success', 'Key revoked');
      refresh();
    },
    onError: (e) => toast('danger', 'Not revoked', e.message),
  });
  if (!tokens.data) return <Loading query={tokens} what="API keys" />;
  const made = make.data && `${make.data.consumer_key}:${make.data.token_key}:${make.data.token_secret}`;
  return (
    <>
      <p className="bd-muted">Keys let the command line and other programs act as you.</p>
      <div className="bd-toolbar">
        <TextInput className="bd-filter" aria-label="Name of the new key" placeholder="Name, such as ci@build01" value={name} onChange={(_, v) => setName(v)} />
        <Act variant="secondary" isLoading={make.isPending} onClick={() => make.mutate()}>
          Make a key
        </Act>
      </div>
      {made && (
        <Alert isInline variant="success" title={`The key ${make.data!.name}`}>
          <ClipboardCopy isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel="API key">
            {made}
          </ClipboardCopy>
          <p className="bd-small">
            Sign in with it: <code>bootdepot login PROFILE {location.origin}/MAAS/ KEY</code>
          </p>
        </Alert>
      )}
      <Table label="API keys table" columns={['Name', 'Key', acts]}>
        {tokens.data.map((t) => {
          const middle = t.token.split(':')[1] ?? '';
          return (
            <tr key={t.token}>
              <td>{t.name}</td>
              <td className="bd-code">…:{middle}:…</td>
              <td className="bd-acts">
                <Act variant="link" isInline isDanger aria-label={`Revoke ${t.name} ${middle}`} onClick={() => confirm(`Revoke the key ${t.name}? Programs that use it are refused at once.`) && revoke.mutate(middle)}>
                  Revoke
                </Act>
              </td>
            </tr>
          );
        })}
      </Table>
    </>
  );
}
