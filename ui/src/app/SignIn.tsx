import { ActionGroup, Alert, Button, Form, FormGroup, TextInput } from '@patternfly/react-core';
import { useState, type FormEvent } from 'react';
import * as api from '../api/client';
import { Front } from './Front';

export function SignIn({ name, onDone }: { name: string; onDone: (session: api.Session) => void }) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      onDone(await api.post<api.Session>('session/', { username, password }));
    } catch (e) {
      setError((e as Error).message);
      setPassword('');
      setBusy(false);
    }
  };
  return (
    <Front title="Sign in" subtitle={name}>
      <Form onSubmit={(e) => void submit(e)}>
        {error && <Alert variant="danger" isInline title={error} aria-live="assertive" />}
        <FormGroup label="User name" fieldId="username">
          <TextInput id="username" autoComplete="username" autoFocus value={username} onChange={(_, v) => setUsername(v)} />
        </FormGroup>
        <FormGroup label="Password" fieldId="password">
          <TextInput id="password" type="password" autoComplete="current-password" value={password} onChange={(_, v) => setPassword(v)} />
        </FormGroup>
        <ActionGroup>
          <Button type="submit" isBlock isLoading={busy} isDisabled={busy || !username || !password}>
            Sign in
          </Button>
        </ActionGroup>
      </Form>
    </Front>
  );
}
