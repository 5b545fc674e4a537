import { Alert, Checkbox, Form, FormGroup, FormHelperText, FormSelect, FormSelectOption, HelperText, HelperTextItem, InputGroup, InputGroupItem, InputGroupText, TextInput } from '@patternfly/react-core';
import { useMutation, useQueries, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import * as api from '../api/client';
import { keys, useImages } from '../api/queries';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Loading } from '../parts/Screen';
import { osName, splitName } from '../parts/text';
import { useToast } from '../parts/toasts';

export interface Field {
  name: string;
  label: string;
  kind: 'flag' | 'number' | 'text' | 'choice';
  /** Of a choice: from which images that are complete here its values come. */
  choices?: 'systems' | 'releases' | 'commissioning';
  unit?: string;
  help?: string;
}

/** What a choice may be; the present value is always there, so that nothing changes unseen. */
function useChoices() {
  const images = useImages();
  return (field: Field, present: string, system: string): [string, string][] => {
    const held = (images.data ?? []).filter((i) => i.version !== null && !i.bootloader).map((i) => [...splitName(i.name), i.title] as const);
    const wanted = field.choices === 'commissioning' ? 'ubuntu' : system;
    const pairs: [string, string][] =
      field.choices === 'systems'
        ? held.map(([os]) => [os, osName(os)])
        : held.filter(([os]) => os === wanted).map(([, release, title]) => [release, title && title !== release ? `${title} (${release})` : release]);
    const all = new Map([...(present ? [[present, field.choices === 'systems' ? osName(present) : present] as [string, string]] : []), ...pairs]);
    return [...all].sort((a, b) => a[1].localeCompare(b[1]));
  };
}

type Value = string | number | boolean | null;

/** Settings of one kind, saved together; only what was changed is sent. */
export function SettingForm({ fields }: { fields: Field[] }) {
  const client = useQueryClient();
  const toast = useToast();
  const reason = useAdminReason();
  const [edits, setEdits] = useState<Record<string, Value>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const queries = useQueries({
    queries: fields.map((f) => ({ queryKey: [...keys.settings, f.name], queryFn: () => api.get<Value>(`maas/?op=get_config&name=${f.name}`) })),
  });
  const save = useMutation({
    mutationFn: async () => {
      const wrong: Record<string, string> = {};
      for (const [name, value] of Object.entries(edits))
        await api.post('maas/op-set_config', { name, value: value === false ? 'false' : String(value ?? '') }).then(
          () => undefined,
          (e: api.ApiError) => {
            wrong[name] = e.message;
          },
        );
      return wrong;
    },
    onSuccess: (wrong) => {
      setErrors(wrong);
      setEdits((now) => Object.fromEntries(Object.entries(now).filter(([name]) => name in wrong)));
      void client.invalidateQueries({ queryKey: keys.settings });
      if (Object.keys(wrong).length === 0) toast('success', 'Settings saved');
    },
  });
  const choicesOf = useChoices();
  const failed = queries.find((q) => q.isError);
  if (failed) return <Loading query={failed} what="Settings" />;
  if (queries.some((q) => q.data === undefined)) return <Loading query={queries[0]!} what="Settings" />;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    save.mutate();
  };
  const set = (name: string, value: Value) => setEdits((e) => ({ ...e, [name]: value }));
  return (
    <Form className="bd-form" onSubmit={submit}>
      {save.isError && (
        <Alert isInline variant="danger" title="Not saved">
          {save.error.message}
        </Alert>
      )}
      {fields.map((field, i) => {
        const value = field.name in edits ? edits[field.name]! : (queries[i]!.data ?? '');
        const id = `setting-${field.name}`;
        const system = String(edits.default_osystem ?? queries[fields.findIndex((f) => f.name === 'default_osystem')]?.data ?? '');
        const input = field.kind === 'choice' ? (
          <FormSelect id={id} value={String(value ?? '')} isDisabled={!!reason} validated={errors[field.name] ? 'error' : 'default'} onChange={(_, v) => set(field.name, v)}>
            {choicesOf(field, String(value ?? ''), system).map(([v, label]) => (
              <FormSelectOption key={v} value={v} label={label} />
            ))}
          </FormSelect>
        ) : (
          <TextInput id={id} type={field.kind === 'number' ? 'number' : 'text'} value={String(value ?? '')} isDisabled={!!reason} validated={errors[field.name] ? 'error' : 'default'} onChange={(_, v) => set(field.name, v)} />
        );
        return field.kind === 'flag' ? (
          <Checkbox key={field.name} id={id} label={field.label} isChecked={value === true} isDisabled={!!reason} onChange={(_, on) => set(field.name, on)} />
        ) : (
          <FormGroup key={field.name} label={field.label} fieldId={id}>
            {field.unit ? (
              <InputGroup>
                <InputGroupItem isFill>{input}</InputGroupItem>
                <InputGroupText>{field.unit}</InputGroupText>
              </InputGroup>
            ) : (
              input
            )}
            {(errors[field.name] || field.help) && (
              <FormHelperText>
                <HelperText>
                  <HelperTextItem variant={errors[field.name] ? 'error' : 'default'}>{errors[field.name] ? `Error: ${errors[field.name]}` : field.help}</HelperTextItem>
                </HelperText>
              </FormHelperText>
            )}
          </FormGroup>
        );
      })}
      <div>
        <Act type="submit" isLoading={save.isPending} reason={reason ?? (Object.keys(edits).length ? undefined : 'Nothing was changed.')}>
          Save
        </Act>
      </div>
    </Form>
  );
}
