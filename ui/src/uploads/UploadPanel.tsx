import { Alert, Button, Checkbox, Form, FormGroup, FormSelect, FormSelectOption, TextInput } from '@patternfly/react-core';
import { useEffect, useRef, useState } from 'react';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { bytes } from '../parts/text';
import { useUploadEngine } from './engine';
import { inspect, proposal, types, type Found } from './inspect';

const systems: [string, string][] = [
  ['custom', 'Custom'],
  ['centos', 'CentOS'],
  ['rhel', 'RHEL'],
  ['windows', 'Windows'],
  ['suse', 'SUSE'],
  ['esxi', 'VMware ESXi'],
  ['ol', 'Oracle Linux'],
  ['ubuntu-core', 'Ubuntu Core'],
];
const bases: [string, string][] = [['ubuntu', 'Ubuntu'], ['centos', 'CentOS'], ['rhel', 'RHEL'], ['ol', 'Oracle Linux']];

/** Says what the dropped file is, proposes the fields, and begins the upload. */
export function UploadPanel({ files, onClose }: { files: File[]; onClose: () => void }) {
  const engine = useUploadEngine();
  const [queue, setQueue] = useState(files);
  const [found, setFound] = useState<Found>();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const [form, setForm] = useState({ os: 'custom', title: '', release: '', arch: 'amd64', baseOs: 'ubuntu', baseRelease: 'noble', filetype: '', convert: true });
  const file = queue[0];
  useEffect(() => {
    let current = true;
    setFound(undefined);
    if (file) {
      setForm((f) => ({ ...f, ...proposal(file.name), title: '', filetype: '' }));
      inspect(file).then(
        (result) => {
          if (!current) return;
          setFound(result);
          setForm((f) => ({ ...f, filetype: result.filetype ?? f.filetype, convert: result.convert ?? false }));
        },
        () => current && setFound({ what: 'not readable', warning: 'The browser cannot read this file any more. Choose it again.' }),
      );
    }
    return () => {
      current = false;
    };
  }, [file]);
  const set = (name: keyof typeof form) => (_: unknown, value: string) => setForm((f) => ({ ...f, [name]: value }));
  const reason = !file
    ? 'Choose a file.'
    : !found
      ? 'Looking into the file…'
      : !/^[A-Za-z0-9][\w.+-]*$/.test(form.release)
        ? 'Give it a release codename: letters, digits, dots and dashes.'
        : !form.filetype
          ? 'Choose what the file is.'
          : undefined;
  const start = () => {
    const custom = form.os === 'custom';
    void engine.start({
      file: file!,
      metadata: {
        name: `${form.os}/${form.release}`,
        title: form.title || form.release,
        architecture: `${form.arch}/generic`,
        filetype: form.filetype,
        ...(custom ? { base_image: `${form.baseOs}/${form.baseRelease}` } : {}),
        ...(found?.convert && form.convert ? { convert: form.filetype } : {}),
      },
    });
    if (queue.length > 1) setQueue(queue.slice(1));
    else onClose();
  };
  return (
    <Panel
      title="Upload custom image"
      dirty={!!file}
      onClose={onClose}
      footer={
        <Act reason={reason} onClick={start}>
          {queue.length > 1 ? `Upload, then ${queue.length - 1} more` : 'Upload'}
        </Act>
      }
    >
      <div
        className={over ? 'bd-drop bd-drop--over' : 'bd-drop'}
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(e) => {
          e.preventDefault();
          e.stopPropagation();
          setOver(false);
          setQueue([...e.dataTransfer.files]);
        }}
      >
        {file ? (
          <p>
            <b>{file.name}</b> <span className="bd-small">{bytes(file.size)}</span>
          </p>
        ) : (
          <p>Drag and drop files here or click to upload</p>
        )}
        <Button variant={file ? 'link' : 'secondary'} onClick={() => input.current?.click()}>
          {file ? 'Choose another file' : 'Choose a file'}
        </Button>
        <input ref={input} type="file" hidden multiple aria-label="Upload image" onChange={(e) => setQueue([...(e.target.files ?? [])])} />
      </div>
      {file && found && (
        <Alert isInline variant={found.warning ? 'warning' : 'info'} title={`This is ${found.what}`} aria-live="polite">
          {found.warning}
          {found.convert && 'Machines cannot be given a virtual disk as it is; the region converts it after the upload.'}
        </Alert>
      )}
      <Form onSubmit={(e) => e.preventDefault()}>
        <FormGroup label="File type" isRequired fieldId="up-type">
          <FormSelect id="up-type" value={form.filetype} onChange={set('filetype')}>
            <FormSelectOption value="" label="Choose…" isDisabled />
            {types.map(([value, label]) => (
              <FormSelectOption key={value} value={value} label={label} />
            ))}
          </FormSelect>
        </FormGroup>
        {found?.convert && (
          <Checkbox id="up-convert" label="Convert to this type after the upload" isChecked={form.convert} onChange={(_, on) => setForm((f) => ({ ...f, convert: on }))} />
        )}
        <FormGroup label="Operating system" isRequired fieldId="up-os">
          <FormSelect id="up-os" value={form.os} onChange={set('os')}>
            {systems.map(([value, label]) => (
              <FormSelectOption key={value} value={value} label={label} />
            ))}
          </FormSelect>
        </FormGroup>
        <FormGroup label="Release title" fieldId="up-title">
          <TextInput id="up-title" placeholder={form.release} value={form.title} onChange={set('title')} />
        </FormGroup>
        <FormGroup label="Release codename" isRequired fieldId="up-release">
          <TextInput id="up-release" value={form.release} onChange={set('release')} />
        </FormGroup>
        <FormGroup label="Architecture" isRequired fieldId="up-arch">
          <FormSelect id="up-arch" value={form.arch} onChange={set('arch')}>
            {['amd64', 'arm64', 'armhf', 'i386', 'ppc64el', 'riscv64', 's390x'].map((a) => (
              <FormSelectOption key={a} value={a} label={a} />
            ))}
          </FormSelect>
        </FormGroup>
        {form.os === 'custom' && (
          <>
            <FormGroup label="Base image operating system" isRequired fieldId="up-base-os">
              <FormSelect id="up-base-os" value={form.baseOs} onChange={set('baseOs')}>
                {bases.map(([value, label]) => (
                  <FormSelectOption key={value} value={value} label={label} />
                ))}
              </FormSelect>
            </FormGroup>
            <FormGroup label="Base image release codename" isRequired fieldId="up-base-release">
              <TextInput id="up-base-release" value={form.baseRelease} onChange={set('baseRelease')} />
            </FormGroup>
          </>
        )}
      </Form>
    </Panel>
  );
}
