import { Alert, Checkbox, Form, FormGroup, TextInput } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { keys } from '../api/queries';
import { useAdminReason, useSession } from '../app/session';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { Loading } from '../parts/Screen';
import { acts, Table } from '../parts/Table';
import { Tag } from '../parts/Tag';
import { useToast } from '../parts/toasts';

export function UsersTab() {
  const users = useQuery({ queryKey: keys.users, queryFn: () => api.get<api.User[]>('users/') });
  const me = useSession();
  const reason = useAdminReason();
  const client = useQueryClient();
  const toast = useToast();
  const [adding, setAdding] = useState(false);
  const [passwordOf, setPasswordOf] = useState<string>();
  const refresh = () => void client.invalidateQueries({ queryKey: keys.users });
  const remove = useMutation({
    mutationFn: (name: string) => api.remove(`users/${encodeURIComponent(name)}/`),
    onSuccess: (_, name) => {
      toast('success', `${name} removed`);
      refresh();
    },
    onError: (e) => toast('danger', 'Not removed', e.message),
  });
  if (!users.data) return <Loading query={users} what="Users" />;
  return (
    <>
      <div className="bd-toolbar">
        <Act variant="secondary" reason={reason} onClick={() => setAdding(true)}>
          Add user
        </Act>
      </div>
      <Table label="Users table" columns={['User name', 'Mail address', 'Role', acts]}>
        {users.data.map((u) => (
          <tr key={u.username}>
            <td>
              {u.username} {u.username === me.username && <Tag filled>you</Tag>}
            </td>
            <td>{u.email || '—'}</td>
            <td>{u.is_superuser ? 'administrator' : 'user'}</td>
            <td className="bd-acts">
              <Act variant="link" isInline aria-label={`Set password of ${u.username}`} reason={u.username === me.username ? undefined : reason} onClick={() => setPasswordOf(u.username)}>
                Set password
              </Act>{' '}
              <Act
                variant="link"
                isInline
                isDanger
                aria-label={`Remove ${u.username}`}
                reason={reason ?? (u.username === me.username ? 'You cannot remove yourself.' : undefined)}
                onClick={() => confirm(`Remove the user ${u.username} and all of the user’s API keys?`) && remove.mutate(u.username)}
              >
                Remove
              </Act>
            </td>
          </tr>
        ))}
      </Table>
      {adding && (
        <AddUser
          onClose={() => setAdding(false)}
          onDone={() => {
            refresh();
            setAdding(false);
          }}
        />
      )}
      {passwordOf && <SetPassword username={passwordOf} isOwn={passwordOf === me.username} onClose={() => setPasswordOf(undefined)} />}
    </>
  );
}

function AddUser({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const toast = useToast();
  const [form, setForm] = useState({ username: '', email: '', password: '', admin: false });
  const add = useMutation({
    mutationFn: () => api.post('users/', { username: form.username, email: form.email, password: form.password, is_superuser: form.admin ? '1' : '0' }),
    onSuccess: () => {
      toast('success', `${form.username} added`);
      onDone();
    },
  });
  const reason = !form.username ? 'Give a user name.' : !form.email ? 'Give a mail address.' : form.password.length < 10 ? 'The password needs at least 10 characters.' : undefined;
  return (
    <Panel
      title="Add user"
      dirty={!!form.username}
      onClose={onClose}
      footer={
        <Act isLoading={add.isPending} reason={reason} onClick={() => add.mutate()}>
          Add user
        </Act>
      }
    >
      {add.isError && (
        <Alert isInline variant="danger" title="Not added">
          {add.error.message}
        </Alert>
      )}
      <Form onSubmit={(e) => e.preventDefault()}>
        <FormGroup label="User name" isRequired fieldId="user-name">
          <TextInput id="user-name" autoComplete="off" value={form.username} onChange={(_, v) => setForm((f) => ({ ...f, username: v }))} />
        </FormGroup>
        <FormGroup label="Mail address" isRequired fieldId="user-email">
          <TextInput id="user-email" type="email" value={form.email} onChange={(_, v) => setForm((f) => ({ ...f, email: v }))} />
        </FormGroup>
        <FormGroup label="Password" isRequired fieldId="user-password">
          <TextInput id="user-password" type="password" autoComplete="new-password" value={form.password} onChange={(_, v) => setForm((f) => ({ ...f, password: v }))} />
        </FormGroup>
        <Checkbox id="user-admin" label="Administrator" isChecked={form.admin} onChange={(_, on) => setForm((f) => ({ ...f, admin: on }))} />
      </Form>
    </Panel>
  );
}

function SetPassword({ username, isOwn, onClose }: { username: string; isOwn: boolean; onClose: () => void }) {
  const toast = useToast();
  const client = useQueryClient();
  const [form, setForm] = useState({ current: '', password: '' });
  const set = useMutation({
    mutationFn: () => api.post(`users/${encodeURIComponent(username)}/op-set_password`, form),
    onSuccess: () => {
      toast('success', 'Password set', `Browsers of ${username} are signed out.`);
      onClose();
      if (isOwn) void client.invalidateQueries({ queryKey: keys.session });
    },
  });
  const reason = form.password.length < 10 ? 'At least 10 characters.' : isOwn && !form.current ? 'Enter the present password, too.' : undefined;
  return (
    <Panel
      title={`Set password of ${username}`}
      dirty={!!form.password}
      onClose={onClose}
      footer={
        <Act isLoading={set.isPending} reason={reason} onClick={() => set.mutate()}>
          Set password
        </Act>
      }
    >
      {set.isError && (
        <Alert isInline variant="danger" title="Not set">
          {set.error.message}
        </Alert>
      )}
      <Form onSubmit={(e) => e.preventDefault()}>
        {isOwn && (
          <FormGroup label="Present password" isRequired fieldId="pw-current">
            <TextInput id="pw-current" type="password" autoComplete="current-password" value={form.current} onChange={(_, v) => setForm((f) => ({ ...f, current: v }))} />
          </FormGroup>
        )}
        <FormGroup label="New password" isRequired fieldId="pw-new">
          <TextInput id="pw-new" type="password" autoComplete="new-password" value={form.password} onChange={(_, v) => setForm((f) => ({ ...f, password: v }))} />
        </FormGroup>
      </Form>
    </Panel>
  );
}
