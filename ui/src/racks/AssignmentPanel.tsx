import { Form, FormGroup, FormSelect, FormSelectOption, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { useImages } from '../api/queries';
import { Act } from '../parts/Act';
import { helpOf, validity } from '../parts/help';
import { NotSaved } from '../parts/NotSaved';
import { Panel } from '../parts/Panel';
import { useToast } from '../parts/toasts';

export const modeWords: Record<string, string> = {
  menu: 'Show the menu of images',
  ephemeral: 'Run an image without installing it',
  install: 'Install an image on a disk',
  local: 'Boot the next device',
};

// Names that the field proposes; the person types on when there are more.
const most = 50;

/** Says what a machine, an architecture or every machine boots. */
export function AssignmentPanel({ assignment, onClose, onDone }: { assignment?: api.BootAssignment; onClose: () => void; onDone: () => void }) {
  const toast = useToast();
  const images = useImages();
  const start = {
    target: assignment?.target ?? '',
    mode: assignment?.mode ?? 'ephemeral',
    image: assignment?.image ?? '',
    kernel: assignment?.kernel ?? '',
    version: assignment?.version ?? '',
    parameters: assignment?.kernel_parameters ?? '',
    disk: assignment?.disk ?? '',
  };
  const [form, setForm] = useState(start);
  const set = (name: keyof typeof form) => (_: unknown, value: string) => setForm((f) => ({ ...f, [name]: value }));
  const hasImage = form.mode === 'ephemeral' || form.mode === 'install';
  const names = [...new Set((images.data ?? []).filter((i) => !i.bootloader && i.version !== null && i.name.includes(form.image)).map((i) => i.name))].slice(0, most);
  const save = useMutation({
    mutationFn: () =>
      api.post<api.BootAssignment>('boot-assignments/', {
        target: form.target.trim(),
        mode: form.mode,
        image: hasImage ? form.image.trim() : undefined,
        kernel: form.mode === 'ephemeral' ? form.kernel.trim() : undefined,
        version: hasImage ? form.version.trim() : undefined,
        kernel_parameters: hasImage ? form.parameters.trim() : undefined,
        disk: form.mode === 'install' ? form.disk.trim() : undefined,
      }),
    onSuccess: (now) => {
      toast('success', `${now.target}: ${modeWords[now.mode]?.toLowerCase() ?? now.mode}`, 'It counts at the next boot; racks that are connected know it already.');
      onDone();
    },
  });
  const error = save.error as api.ApiError | null;
  const help = helpOf(error);
  const field = (name: keyof typeof form, wire: string, label: string, text: string) => (
    <FormGroup label={label} fieldId={`boot-${name}`}>
      <TextInput id={`boot-${name}`} value={form[name]} onChange={set(name)} validated={validity(error, wire)} />
      {help(wire, text)}
    </FormGroup>
  );
  const reason = !form.target.trim()
    ? 'Say for which machines.'
    : hasImage && !form.image.trim()
      ? 'Choose an image.'
      : JSON.stringify(form) === JSON.stringify(start)
        ? 'Nothing was changed.'
        : undefined;
  return (
    <Panel
      title={assignment ? `What ${assignment.target} boots` : 'Assign what machines boot'}
      dirty={JSON.stringify(form) !== JSON.stringify(start)}
      onClose={onClose}
      footer={
        <Act isLoading={save.isPending} reason={reason} onClick={() => save.mutate()}>
          Save assignment
        </Act>
      }
    >
      <NotSaved error={error} fields={['target', 'mode', 'image', 'kernel', 'version', 'kernel_parameters', 'disk']} />
      <Form onSubmit={(e) => e.preventDefault()}>
        {!assignment && field('target', 'target', 'Machines', 'A MAC address such as 52:54:00:aa:bb:01, an architecture such as amd64, or default for all others. What was assigned to it before is replaced.')}
        <FormGroup label="What they do" fieldId="boot-mode">
          <FormSelect id="boot-mode" value={form.mode} onChange={set('mode')}>
            {Object.entries(modeWords).map(([mode, words]) => (
              <FormSelectOption key={mode} value={mode} label={words} />
            ))}
          </FormSelect>
          {help('mode', form.mode === 'install' ? 'The disk is written anew; what is on it is lost.' : undefined)}
        </FormGroup>
        {hasImage && (
          <FormGroup label="Image" isRequired fieldId="boot-image">
            <TextInput id="boot-image" list="boot-images" autoComplete="off" value={form.image} onChange={set('image')} validated={validity(error, 'image')} />
            <datalist id="boot-images">
              {names.map((n) => (
                <option key={n} value={n} />
              ))}
            </datalist>
            {help('image', 'As os/release, of those that the region holds.')}
          </FormGroup>
        )}
        {form.mode === 'ephemeral' && field('kernel', 'kernel', 'Kernel', 'A kernel line such as ga-24.04; empty for the release’s own.')}
        {hasImage && field('version', 'version', 'Version', 'One to stay with; empty for the newest that the rack holds.')}
        {hasImage && field('parameters', 'kernel_parameters', 'Kernel parameters', 'Words for the kernel’s command line.')}
        {form.mode === 'install' && field('disk', 'disk', 'Disk', 'Such as /dev/vda; empty for the first that is large enough.')}
      </Form>
    </Panel>
  );
}
