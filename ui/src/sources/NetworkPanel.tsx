import { Form, FormGroup, TextArea, TextInput } from '@patternfly/react-core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api/client';
import { Act } from '../parts/Act';
import { helpOf, validity } from '../parts/help';
import { NotSaved } from '../parts/NotSaved';
import { Panel } from '../parts/Panel';
import { Loading } from '../parts/Screen';
import { useToast } from '../parts/toasts';

interface Props {
  source: api.Source;
  onClose: () => void;
  onDone: () => void;
}

/** How the servers of a source are reached: its mirrors, proxy and certificates. */
export function NetworkPanel(props: Props) {
  const network = useQuery({ queryKey: ['source-network', props.source.id], queryFn: () => api.get<api.SourceNetwork>(`source-networks/${props.source.id}/`), gcTime: 0, staleTime: Infinity });
  return network.data ? (
    <Fields {...props} network={network.data} />
  ) : (
    <Panel title={`Network of ${props.source.name}`} onClose={props.onClose} footer={null}>
      <Loading query={network} what="How it is reached" />
    </Panel>
  );
}

function Fields({ source, network, onClose, onDone }: Props & { network: api.SourceNetwork }) {
  const toast = useToast();
  const start = {
    mirrors: network.mirrors.join('\n'),
    proxy: network.proxy ?? '',
    authorities: network.certificate_authorities ?? '',
    certificate: network.client_certificate_file ?? '',
  };
  const [form, setForm] = useState(start);
  const set = (name: keyof typeof form) => (_: unknown, value: string) => setForm((f) => ({ ...f, [name]: value }));
  const lines = form.mirrors.split(/\s+/).filter((l) => l);
  const save = useMutation({
    mutationFn: () =>
      api.put<api.SourceNetwork>(`source-networks/${source.id}/`, {
        // A list that is to be empty comes as one empty value.
        mirrors: lines.length ? lines : [''],
        proxy: form.proxy.trim(),
        certificate_authorities: form.authorities.trim(),
        client_certificate_file: form.certificate.trim(),
      }),
    onSuccess: () => {
      toast('success', `Network of ${source.name} saved`, 'It counts from the next import on.');
      onDone();
    },
  });
  const error = save.error as api.ApiError | null;
  const help = helpOf(error);
  const dirty = JSON.stringify(form) !== JSON.stringify(start);
  return (
    <Panel
      title={`Network of ${source.name}`}
      dirty={dirty}
      onClose={onClose}
      footer={
        <Act isLoading={save.isPending} reason={dirty ? undefined : 'Nothing was changed.'} onClick={() => save.mutate()}>
          Save network
        </Act>
      }
    >
      <NotSaved error={error} fields={['mirrors', 'proxy', 'certificate_authorities', 'client_certificate_file']} />
      <Form onSubmit={(e) => e.preventDefault()}>
        <FormGroup label="Mirrors" fieldId="network-mirrors">
          <TextArea id="network-mirrors" rows={3} value={form.mirrors} onChange={set('mirrors')} validated={validity(error, 'mirrors')} />
          {help('mirrors', 'Base URLs, one a line: asked in this order, file by file, when the source’s own server fails.')}
        </FormGroup>
        <FormGroup label="Proxy" fieldId="network-proxy">
          <TextInput id="network-proxy" placeholder="http://proxy.example:3128" value={form.proxy} onChange={set('proxy')} validated={validity(error, 'proxy')} />
          {help('proxy', 'For this source only; direct for none, empty for the proxy of the settings.')}
        </FormGroup>
        <FormGroup label="Certificate authorities" fieldId="network-authorities">
          <TextArea id="network-authorities" rows={4} value={form.authorities} onChange={set('authorities')} validated={validity(error, 'certificate_authorities')} />
          {help('certificate_authorities', 'PEM text of authorities that its servers may use besides the system’s.')}
        </FormGroup>
        <FormGroup label="Client certificate file" fieldId="network-certificate">
          <TextInput id="network-certificate" value={form.certificate} onChange={set('certificate')} validated={validity(error, 'client_certificate_file')} />
          {help('client_certificate_file', 'Path, on the region, of a PEM file with certificate and key to show to its servers.')}
        </FormGroup>
      </Form>
    </Panel>
  );
}
