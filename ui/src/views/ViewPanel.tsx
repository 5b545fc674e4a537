import { Alert, Checkbox, Form, FormGroup, FormHelperText, HelperText, HelperTextItem, TextArea, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { useImages } from '../api/queries';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { useToast } from '../parts/toasts';
import { entriesOf, takes } from './match';

const shown = 20;

/** Makes a view, or changes one; says meanwhile which images it would show. */
export function ViewPanel({ view, onClose, onDone }: { view?: api.View; onClose: () => void; onDone: () => void }) {
  const toast = useToast();
  const images = useImages();
  const [name, setName] = useState(view?.name ?? '');
  const [text, setText] = useState(view?.images.join('\n') ?? '');
  const [access, setAccess] = useState({ private: view?.private ?? false, exclusive: view?.exclusive ?? false });
  const entries = entriesOf(text);
  const taken = (images.data ?? []).filter((i) => entries.some((e) => takes(e, i)));
  const save = useMutation({
    mutationFn: () => {
      const form = { images: entries, private: access.private, exclusive: access.private && access.exclusive };
      return view ? api.put(`views/${view.name}/`, form) : api.post('views/', { name, ...form });
    },
    onSuccess: () => {
      toast('success', view ? `${view.name} changed` : `${name} made`);
      onDone();
    },
  });
  const reason = !name ? 'Give a name.' : entries.length === 0 ? 'Say which images it shows.' : undefined;
  const title = view ? `Change ${view.name}` : 'Make a view';
  return (
    <Panel
      title={title}
      dirty={name !== (view?.name ?? '') || text !== (view?.images.join('\n') ?? '')}
      onClose={onClose}
      footer={
        <Act isLoading={save.isPending} reason={reason} onClick={() => save.mutate()}>
          {view ? 'Save' : 'Make it'}
        </Act>
      }
    >
      {save.isError && (
        <Alert isInline variant="danger" title="Nothing was changed">
          {save.error.message}
        </Alert>
      )}
      <Form onSubmit={(e) => e.preventDefault()}>
        {!view && (
          <FormGroup label="Name" isRequired fieldId="view-name">
            <TextInput id="view-name" autoComplete="off" value={name} onChange={(_, v) => setName(v)} />
          </FormGroup>
        )}
        <FormGroup label="Images" isRequired fieldId="view-images">
          <TextArea id="view-images" rows={5} resizeOrientation="vertical" value={text} onChange={(_, v) => setText(v)} />
          <FormHelperText>
            <HelperText>
              <HelperTextItem>
                One entry a line: OS/RELEASE, then /ARCH, /SUBARCH and /LABEL if you like; * for any; synced: or uploaded: before it. Such as ubuntu/noble/amd64 or uploaded:custom/golden.
              </HelperTextItem>
            </HelperText>
          </FormHelperText>
        </FormGroup>
        <Checkbox
          id="view-private"
          label="Private"
          description="A token is needed to read it."
          isChecked={access.private}
          onChange={(_, on) => setAccess((a) => ({ private: on, exclusive: on && a.exclusive }))}
        />
        <Checkbox
          id="view-exclusive"
          label="Exclusive"
          description="Its images are in no public stream and on no rack; their bytes need a token, too."
          isChecked={access.exclusive}
          isDisabled={!access.private}
          onChange={(_, on) => setAccess((a) => ({ ...a, exclusive: on }))}
        />
      </Form>
      {view?.exclusive && !access.exclusive && <Alert isInline variant="warning" title="When you save, anybody can have the images that only this view kept from the public." />}
      <h3 className="bd-h2">{taken.length === 1 ? 'Shows 1 image of today' : `Shows ${taken.length} images of today`}</h3>
      <ul aria-label="Images of the view">
        {taken.slice(0, shown).map((i) => (
          <li key={i.key}>
            {i.name} <span className="bd-muted">{i.arch}</span>
          </li>
        ))}
        {taken.length > shown && <li className="bd-muted">and {taken.length - shown} more</li>}
      </ul>
      <p className="bd-small">Boot loaders are always in it. What comes later and fits is in it, too.</p>
    </Panel>
  );
}
