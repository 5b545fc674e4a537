import { Alert, Form, FormGroup, FormSelect, FormSelectOption, TextArea, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { Act } from '../parts/Act';
import { helpOf, validity } from '../parts/help';
import { Panel } from '../parts/Panel';
import { plural } from '../parts/text';
import { useToast } from '../parts/toasts';

type Keyring = 'filename' | 'data' | 'none';

/** Adds or edits a source. It can be saved once the region has read it with these very values; any edit withdraws that. */
export function SourcePanel({ source, onClose, onDone }: { source?: api.Source; onClose: () => void; onDone: () => void }) {
  const toast = useToast();
  const start = {
    name: source?.name ?? '',
    url: source?.url ?? '',
    priority: String(source?.priority ?? 10),
    keyring: (source?.skip_keyring_verification ? 'none' : source && !source.keyring_filename ? 'data' : 'filename') as Keyring,
    filename: source?.keyring_filename || '/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg',
    data: source?.keyring_data ?? '',
  };
  const [form, setForm] = useState(start);
  const [tried, setTried] = useState<{ form: typeof form; result: api.SourceTrial }>();
  const set = (name: keyof typeof form) => (_: unknown, value: string) => setForm((f) => ({ ...f, [name]: value }));
  const url = form.url.trim();
  const fields = {
    name: form.name.trim(),
    url,
    priority: form.priority,
    skip_keyring_verification: form.keyring === 'none' ? 'true' : 'false',
    keyring_filename: form.keyring === 'filename' ? form.filename.trim() : '',
    keyring_data: form.keyring === 'data' ? form.data.trim() : undefined,
  };
  const trial = useMutation({
    mutationFn: () => api.post<api.SourceTrial>('boot-sources/op-validate', { ...fields, name: undefined }),
    onSuccess: (result) => setTried({ form, result }),
  });
  const save = useMutation({
    mutationFn: () =>
      source
        ? api.put<api.Source>(`boot-sources/${source.id}/`, fields, { 'If-Match': `"${source.updated}"` })
        : api.post<api.Source>('boot-sources/', fields),
    onSuccess: (s) => {
      toast('success', source ? `${s.name} saved` : `${s.name} added`);
      onDone();
    },
  });
  const error = (save.error ?? trial.error) as api.ApiError | null;
  const changed = save.error instanceof api.ApiError && save.error.status === 412;
  const result = tried?.form === form ? tried.result : undefined;
  const missing = !form.name.trim() ? 'Give it a name.' : !/^https?:\/\//.test(url) ? 'The URL must begin with http:// or https://.' : undefined;
  const help = helpOf(error);
  return (
    <Panel
      title={source ? `Edit ${source.name}` : 'Add custom source'}
      dirty={JSON.stringify(form) !== JSON.stringify(start)}
      onClose={onClose}
      footer={
        <>
          <Act variant="secondary" reason={missing} isLoading={trial.isPending} onClick={() => trial.mutate()}>
            Validate
          </Act>
          <Act isLoading={save.isPending} reason={missing ?? (result?.ok ? undefined : 'Validate these values first.')} onClick={() => save.mutate()}>
            Save source
          </Act>
        </>
      }
    >
      {changed && (
        <Alert isInline variant="danger" title="Changed by someone else">
          Someone saved this source since you opened it; nothing of yours was saved. Close this panel to see theirs, then edit again.
        </Alert>
      )}
      {error && !changed && Object.keys(error.fields).every((f) => f === '__all__') && (
        <Alert isInline variant="danger" title="That did not work">
          {error.message}
        </Alert>
      )}
      <Form onSubmit={(e) => e.preventDefault()}>
        <FormGroup label="Name" isRequired fieldId="source-name">
          <TextInput id="source-name" value={form.name} onChange={set('name')} validated={validity(error, 'name')} />
          {help('name')}
        </FormGroup>
        <FormGroup label="URL" isRequired fieldId="source-url">
          <TextInput id="source-url" type="url" placeholder="http://images.maas.io/ephemeral-v3/stable/" value={form.url} onChange={set('url')} validated={validity(error, 'url')} />
          {help('url', source && form.url !== source.url ? 'Another URL is another stream: what the old one offered is forgotten.' : undefined)}
        </FormGroup>
        <FormGroup label="Keyring" fieldId="source-keyring">
          <FormSelect id="source-keyring" value={form.keyring} onChange={set('keyring')}>
            <FormSelectOption value="filename" label="Keyring filename" />
            <FormSelectOption value="data" label="Keyring data" />
            <FormSelectOption value="none" label="Unsigned" />
          </FormSelect>
        </FormGroup>
        {form.keyring === 'filename' && (
          <FormGroup label="Keyring filename" isRequired fieldId="source-filename">
            <TextInput id="source-filename" value={form.filename} onChange={set('filename')} />
            {help('keyring_filename', 'Path on the region of the keys that must have signed the stream.')}
          </FormGroup>
        )}
        {form.keyring === 'data' && (
          <FormGroup label="Keyring data" isRequired fieldId="source-data">
            <TextArea id="source-data" rows={4} value={form.data} onChange={set('data')} />
            {help('keyring_data', 'A public key: base64, or text that begins with -----BEGIN PGP.')}
          </FormGroup>
        )}
        {form.keyring === 'none' && (
          <Alert isInline variant="warning" title="Anyone on the way can replace unsigned images">
            Use this only for a stream that you can reach by a safe way.
          </Alert>
        )}
        <FormGroup label="Priority" fieldId="source-priority">
          <TextInput id="source-priority" type="number" min={0} value={form.priority} onChange={set('priority')} />
          {help('priority', 'The higher wins when two sources offer the same image.')}
        </FormGroup>
      </Form>
      {result && <Trial result={result} />}
    </Panel>
  );
}

function Trial({ result }: { result: api.SourceTrial }) {
  if (!result.ok)
    return (
      <Alert isInline variant="danger" title="This source cannot be used as it is" aria-live="polite">
        {result.reason} <span className="bd-code">{result.code}</span>
      </Alert>
    );
  const images = result.images.filter((i) => !i.bootloader);
  return (
    <Alert isInline variant="success" title={`It offers ${plural(images.length, 'release')}`} aria-live="polite">
      {result.signed_by ? (
        <>
          Signed by <span className="bd-code">{result.signed_by}</span>
        </>
      ) : (
        'It is not signed.'
      )}
      {images.slice(0, 12).map((i) => (
        <span key={i.name} className="bd-small">
          {i.name} {i.title && `(${i.title})`}: {i.arches.join(', ')}; newest {i.version}
        </span>
      ))}
      {images.length > 12 && <span className="bd-small">and {images.length - 12} more</span>}
      {result.warnings.map((w) => (
        <p key={w.code + w.reason}>
          {w.reason} <span className="bd-code">{w.code}</span>
        </p>
      ))}
    </Alert>
  );
}
