import { Alert, List, ListItem } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { keys } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { Loading } from '../parts/Screen';
import { Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { date } from '../parts/text';
import { useToast } from '../parts/toasts';

const roles = { signing: ['green', 'signs the stream'], next: ['blue', 'announced'], former: ['grey', 'former'] } as const;
type Step = 'announce' | 'switch' | 'drop_former';

const steps: Record<Step, { title: string; button: string; done: string; text: string; danger?: boolean }> = {
  announce: {
    title: 'Announce the next key',
    button: 'Announce a key',
    done: 'The next key is published',
    text: 'A new key is made and put into the published keyring. It signs nothing yet, so clients and mirrors have time to fetch the keyring.',
  },
  switch: {
    title: 'Let the next key sign',
    button: 'Let it sign',
    done: 'The next key signs now',
    text: 'From now on the announced key signs the stream. Clients that have not fetched the keyring since the announcement refuse what it signs until they do. The former key stays in the keyring.',
  },
  drop_former: {
    title: 'Drop the former keys',
    button: 'Drop former keys',
    done: 'Only keys in use are published',
    text: 'The former keys leave the published keyring. Do it when nobody needs what they have signed.',
    danger: true,
  },
};

/** The keys in the published stream's keyring, and their succession, a step at a time. */
export function StreamKeysTab() {
  const list = useQuery({ queryKey: keys.streamKeys, queryFn: () => api.get<api.StreamKey[]>('stream-keys/') });
  const client = useQueryClient();
  const reason = useAdminReason();
  const [step, setStep] = useState<Step>();
  if (!list.data) return <Loading query={list} what="Stream keys" />;
  const has = (role: string) => list.data.some((k) => k.role === role);
  const reasons: Record<Step, string | undefined> = {
    announce: has('next') ? 'A key is announced already. Let it sign first.' : undefined,
    switch: has('next') ? undefined : 'Announce a key first.',
    drop_former: has('former') ? undefined : 'There are no former keys.',
  };
  return (
    <>
      <p className="bd-muted">
        What this region publishes is signed, so that mirrors, racks and other regions can verify it. They need{' '}
        <a href="/MAAS/images-stream/streams/v1/keyring.gpg" download>
          the keyring
        </a>
        ; compare the fingerprint by another way.
      </p>
      <Table label="Stream keys table" columns={['Fingerprint', 'Role', 'Kind', 'Made']}>
        {list.data.map((k) => {
          const [color, word] = roles[k.role as keyof typeof roles] ?? ['grey', k.role];
          return (
            <tr key={k.fingerprint}>
              <td className="bd-code">{k.fingerprint.toUpperCase().replace(/(.{4})(?=.)/g, '$1 ')}</td>
              <td>
                <Tag color={color}>
                  {word}
                </Tag>
              </td>
              <td>{k.algorithm}</td>
              <td>{date(k.created)}</td>
            </tr>
          );
        })}
      </Table>
      <h2 className="bd-h2">A new key, without a gap</h2>
      <List component="ol">
        {(['announce', 'switch', 'drop_former'] as const).map((s) => (
          <ListItem key={s}>
            <Act variant="secondary" isDanger={steps[s].danger} reason={reason ?? reasons[s]} onClick={() => setStep(s)}>
              {steps[s].button}
            </Act>
          </ListItem>
        ))}
      </List>
      {step && (
        <StepPanel
          step={step}
          onClose={() => setStep(undefined)}
          onDone={(now) => {
            client.setQueryData(keys.streamKeys, now);
            setStep(undefined);
          }}
        />
      )}
    </>
  );
}

function StepPanel({ step, onClose, onDone }: { step: Step; onClose: () => void; onDone: (now: api.StreamKey[]) => void }) {
  const toast = useToast();
  const { title, button, done, text, danger } = steps[step];
  const run = useMutation({
    mutationFn: () => api.post<api.StreamKey[]>(`stream-keys/op-${step}`),
    onSuccess: (now) => {
      toast('success', done);
      onDone(now);
    },
  });
  return (
    <Panel
      title={title}
      onClose={onClose}
      footer={
        <Act variant={danger ? 'danger' : 'primary'} isLoading={run.isPending} onClick={() => run.mutate()}>
          {button}
        </Act>
      }
    >
      {run.isError && (
        <Alert isInline variant="danger" title="Nothing was changed">
          {run.error.message}
        </Alert>
      )}
      <p>{text}</p>
      <p className="bd-small">Where several regions share a database, each has the key files of its own folder: copy them there, and start those regions anew.</p>
    </Panel>
  );
}
