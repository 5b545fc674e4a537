import { Alert, ClipboardCopy, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import * as api from '../api/client';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { acts, Table } from '../parts/Table';
import { useToast } from '../parts/toasts';

/** Who may read a private view: tokens are made, shown once, and revoked. And how others use the view. */
export function TokensPanel({ view, reason, onClose, onChange }: { view: api.View; reason?: string; onClose: () => void; onChange: () => void }) {
  const toast = useToast();
  const [name, setName] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const make = useMutation({
    mutationFn: () => api.post<api.ViewToken>(`views/${view.name}/op-create_token`, { token_name: name }),
    onSuccess: () => {
      setName('');
      onChange();
    },
    onError: (e) => toast('danger', 'No token was made', e.message),
  });
  const revoke = useMutation({
    mutationFn: (token: string) => api.post(`views/${view.name}/op-revoke_token`, { token_name: token }),
    onSuccess: () => {
      toast('success', 'Token revoked');
      input.current?.focus(); // its row goes, and the focus with it
      onChange();
    },
    onError: (e) => toast('danger', 'Not revoked', e.message),
  });
  const address = new URL(view.path, location.origin);
  if (view.private) {
    address.username = 'any';
    address.password = make.data?.token ?? 'TOKEN';
  }
  const uses = [
    ['Address', address.href],
    ['As a source', `bootdepot sources add ${address.href} --keyring region.gpg`],
    ['As a bundle', `bootdepot bundle export ${address.href} ${view.name}.bundle --keyring region.gpg`],
  ] as const;
  return (
    <Panel wide title={`Use ${view.name}`} onClose={onClose} footer={null}>
      {make.data && (
        <Alert isInline variant="success" title={`The token ${make.data.name}. It is shown this once.`}>
          <ClipboardCopy isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel="Token">
            {make.data.token}
          </ClipboardCopy>
        </Alert>
      )}
      {uses.map(([label, value]) => (
        <div key={label}>
          <h3 className="bd-h2">{label}</h3>
          <ClipboardCopy isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel={label}>
            {value}
          </ClipboardCopy>
        </div>
      ))}
      <p className="bd-small">
        The keyring is <a href="/MAAS/images-stream/streams/v1/keyring.gpg" download="region.gpg">region.gpg</a>. Uploads are in the index <code>streams/v1/custom.sjson</code> below the address.
      </p>
      {view.private && (
        <>
          <h3 className="bd-h2">Tokens</h3>
          <div className="bd-toolbar">
            <TextInput ref={input} className="bd-filter" aria-label="Name of the new token" placeholder="For whom, such as site-4" value={name} onChange={(_, v) => setName(v)} />
            <Act variant="secondary" isLoading={make.isPending} reason={reason ?? (name ? undefined : 'Say for whom it is.')} onClick={() => make.mutate()}>
              Make a token
            </Act>
          </div>
          <Table label="Tokens table" columns={['Name', acts]}>
            {view.tokens.map((t) => (
              <tr key={t}>
                <td>{t}</td>
                <td className="bd-acts">
                  <Act variant="link" isInline isDanger aria-label={`Revoke ${t}`} reason={reason} onClick={() => confirm(`Revoke the token ${t}? Who uses it is refused at once.`) && revoke.mutate(t)}>
                    Revoke
                  </Act>
                </td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </Panel>
  );
}
