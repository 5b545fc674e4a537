import { Form, FormGroup, FormSelect, FormSelectOption, InputGroup, InputGroupItem, InputGroupText, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { Act } from '../parts/Act';
import { helpOf, validity } from '../parts/help';
import { NotSaved } from '../parts/NotSaved';
import { Panel } from '../parts/Panel';
import { useToast } from '../parts/toasts';

const words = (text: string) => text.split(/[\s;]+/).filter((w) => w);
// A list that is to be empty comes as one empty value.
const list = (text: string) => (words(text).length ? words(text) : ['']);
const kibibyte = 1024;

/** What a rack copies, how fast and when. It follows at once when it is connected. */
export function RackSettingsPanel({ rack, onClose, onDone }: { rack: api.RackDetail; onClose: () => void; onDone: () => void }) {
  const toast = useToast();
  const start = {
    name: rack.name,
    mode: rack.mode,
    selections: rack.selections.join(' '),
    rate: rack.bytes_per_second ? String(Math.round(rack.bytes_per_second / kibibyte)) : '0',
    windows: rack.windows.join(' '),
    limit: rack.disk_limit ? String(Math.round(rack.disk_limit / 1e9)) : '0',
    peers: rack.peers.join(' '),
  };
  const [form, setForm] = useState(start);
  const set = (name: keyof typeof form) => (_: unknown, value: string) => setForm((f) => ({ ...f, [name]: value }));
  const save = useMutation({
    mutationFn: () =>
      api.put<api.RackDetail>(`racks/${rack.system_id}/`, {
        name: form.name,
        mode: form.mode,
        selections: list(form.selections),
        bytes_per_second: Math.round(Number(form.rate) * kibibyte),
        windows: list(form.windows),
        // What was not touched is not rounded to whole gigabytes.
        disk_limit: form.limit === start.limit ? undefined : Math.round(Number(form.limit) * 1e9),
        peers: list(form.peers),
      }),
    onSuccess: () => {
      toast('success', `${form.name} saved`);
      onDone();
    },
  });
  const error = save.error as api.ApiError | null;
  const isNumber = (text: string) => /^\d+$/.test(text.trim());
  const reason = !form.name.trim()
    ? 'Give it a name.'
    : !isNumber(form.rate)
      ? 'The rate limit must be a whole number; 0 for none.'
      : !isNumber(form.limit)
        ? 'The disk limit must be a whole number; 0 for none.'
        : JSON.stringify(form) === JSON.stringify(start)
          ? 'Nothing was changed.'
          : undefined;
  const help = helpOf(error);
  return (
    <Panel
      title={`Settings of ${rack.name || rack.system_id}`}
      dirty={JSON.stringify(form) !== JSON.stringify(start)}
      onClose={onClose}
      footer={
        <Act isLoading={save.isPending} reason={reason} onClick={() => save.mutate()}>
          Save rack
        </Act>
      }
    >
      <NotSaved error={error} fields={['name', 'mode', 'selections', 'bytes_per_second', 'windows', 'disk_limit', 'peers']} />
      <Form onSubmit={(e) => e.preventDefault()}>
        <FormGroup label="Name" isRequired fieldId="rack-name">
          <TextInput id="rack-name" value={form.name} onChange={set('name')} validated={validity(error, 'name')} />
          {help('name')}
        </FormGroup>
        <FormGroup label="Copies" fieldId="rack-mode">
          <FormSelect id="rack-mode" value={form.mode} onChange={set('mode')}>
            <FormSelectOption value="all" label="All images of the region" />
            <FormSelectOption value="selection" label="What the list below takes" />
            <FormSelectOption value="on-demand" label="What machines ask for, when they do" />
          </FormSelect>
          {help('mode')}
        </FormGroup>
        {form.mode === 'selection' && (
          <FormGroup label="Images" fieldId="rack-selections">
            <TextInput id="rack-selections" value={form.selections} onChange={set('selections')} validated={validity(error, 'selections')} />
            {help('selections', 'os/release or os/release:arch,arch, separated by blanks; * stands for any.')}
          </FormGroup>
        )}
        <FormGroup label="Times of copying" fieldId="rack-windows">
          <TextInput id="rack-windows" value={form.windows} onChange={set('windows')} validated={validity(error, 'windows')} />
          {help('windows', 'In the rack’s own time, such as 22:00-06:00; several separated by blanks; empty for always.')}
        </FormGroup>
        <FormGroup label="Rate limit" fieldId="rack-rate">
          <InputGroup>
            <InputGroupItem isFill>
              <TextInput id="rack-rate" type="number" min={0} value={form.rate} onChange={set('rate')} validated={validity(error, 'bytes_per_second')} />
            </InputGroupItem>
            <InputGroupText>KiB/s</InputGroupText>
          </InputGroup>
          {help('bytes_per_second', '0 for no limit.')}
        </FormGroup>
        {form.mode === 'on-demand' && (
          <FormGroup label="Disk limit" fieldId="rack-limit">
            <InputGroup>
              <InputGroupItem isFill>
                <TextInput id="rack-limit" type="number" min={0} value={form.limit} onChange={set('limit')} validated={validity(error, 'disk_limit')} />
              </InputGroupItem>
              <InputGroupText>GB</InputGroupText>
            </InputGroup>
            {help('disk_limit', 'The longest unused file goes first; 0 for no limit.')}
          </FormGroup>
        )}
        <FormGroup label="Peers" fieldId="rack-peers">
          <TextInput id="rack-peers" value={form.peers} onChange={set('peers')} validated={validity(error, 'peers')} />
          {help('peers', 'URLs of racks of the same site, asked before the region is, such as http://10.0.0.2:5248.')}
        </FormGroup>
      </Form>
    </Panel>
  );
}
