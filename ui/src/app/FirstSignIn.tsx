import { ActionGroup, Alert, Button, Form, FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput } from '@patternfly/react-core';
import { useState, type FormEvent } from 'react';
import * as api from '../api/client';
import { Front } from './Front';

// The link that the region prints ends in #first=SECRET; what stands after the hash is sent to nobody by itself.
const secretOf = () => new URLSearchParams(location.hash.slice(1)).get('first') ?? '';

/** Sets the password of the first administrator, then signs in. */
export function FirstSignIn({ onDone }: { onDone: (session: api.Session) => void }) {
  const [secret, setSecret] = useState(secretOf);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const differs = again !== '' && again !== password;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      const session = await api.post<api.Session>('session/op-first', { secret, password });
      onDone(session);
    } catch (e) {
      setError((e as Error).message);
      setBusy(false);
    }
  };
  return (
    <Front title="Welcome" subtitle="Choose the password of the administrator, whose user name is admin.">
      <Form onSubmit={(e) => void submit(e)}>
        {error && <Alert variant="danger" isInline title={error} />}
        {!secretOf() && (
          <FormGroup label="First sign-in secret" isRequired fieldId="secret">
            <TextInput id="secret" autoComplete="off" value={secret} onChange={(_, v) => setSecret(v)} />
            <FormHelperText>
              <HelperText>
                <HelperTextItem>
                  The region printed a link when it started, in the line “First sign-in”. Open that link, or paste what stands after{' '}
                  <code>first=</code>.
                </HelperTextItem>
              </HelperText>
            </FormHelperText>
          </FormGroup>
        )}
        <input type="text" name="username" autoComplete="username" value="admin" readOnly hidden />
        <FormGroup label="Password" isRequired fieldId="password">
          <TextInput id="password" type="password" autoComplete="new-password" value={password} onChange={(_, v) => setPassword(v)} />
          <FormHelperText>
            <HelperText>
              <HelperTextItem>At least 10 characters.</HelperTextItem>
            </HelperText>
          </FormHelperText>
        </FormGroup>
        <FormGroup label="Password again" isRequired fieldId="again">
          <TextInput
            id="again"
            type="password"
            autoComplete="new-password"
            value={again}
            validated={differs ? 'error' : 'default'}
            onChange={(_, v) => setAgain(v)}
          />
          {differs && (
            <FormHelperText>
              <HelperText>
                <HelperTextItem variant="error">The two differ.</HelperTextItem>
              </HelperText>
            </FormHelperText>
          )}
        </FormGroup>
        <ActionGroup>
          <Button type="submit" isBlock isLoading={busy} isDisabled={busy || !secret || password.length < 10 || again !== password}>
            Set password and sign in
          </Button>
        </ActionGroup>
      </Form>
    </Front>
  );
}
