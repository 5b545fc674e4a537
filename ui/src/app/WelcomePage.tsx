import { Alert, Button, Card, CardBody, CardTitle, List, ListItem } from '@patternfly/react-core';
import { DownloadIcon, PlusIcon } from '@patternfly/react-icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import * as api from '../api/client';
import { keys, useSources, useSourceStates } from '../api/queries';
import { useRows } from '../images/ImagesPage';
import { SelectPanel } from '../images/SelectPanel';
import { titleOf } from '../images/rows';
import { Act } from '../parts/Act';
import { Loading, Screen } from '../parts/Screen';
import { bytes, plural } from '../parts/text';
import { SourcePanel } from '../sources/SourcePanel';
import { SourceLabel } from '../sources/SourcesPage';
import { useAdminReason } from './session';

/** The way from an empty region to its first images: where they come from, which ones, then they come. */
export function WelcomePage() {
  const [step, setStep] = useState(1);
  return (
    <Screen title="Set up this region" subtitle="Two steps to the first images. Everything here can be changed later.">
      <ol className="bd-steps" aria-label="Steps">
        <li aria-current={step === 1 ? 'step' : undefined}>Source</li>
        <li aria-current={step === 2 ? 'step' : undefined}>Images</li>
      </ol>
      {step === 1 ? <SourceStep onNext={() => setStep(2)} /> : <ImageStep onBack={() => setStep(1)} />}
      <p>
        <Link to="/images">Skip this</Link>
      </p>
    </Screen>
  );
}

function SourceStep({ onNext }: { onNext: () => void }) {
  const sources = useSources();
  const states = useSourceStates();
  const client = useQueryClient();
  const reason = useAdminReason();
  const [adding, setAdding] = useState(false);
  if (!sources.data) return <Loading query={sources} what="Sources" />;
  const stateOf = new Map(states.data?.map((s) => [s.id, s]));
  const enabled = sources.data.filter((s) => s.enabled);
  return (
    <Card>
      <CardTitle component="h2">Where shall images come from?</CardTitle>
      <CardBody className="bd-stack">
        {sources.data.length === 0 ? (
          <p className="bd-muted">No source yet. A source is a stream of images: the one of maas.io, a mirror of your own, or another region’s.</p>
        ) : (
          <List isPlain isBordered aria-label="Sources">
            {sources.data.map((s) => {
              const state = stateOf.get(s.id);
              return (
                <ListItem key={s.id}>
                  <b>{s.name}</b> <SourceLabel source={s} state={state} />
                  <span className="bd-small">{s.url}</span>
                  {s.enabled && state?.code && (
                    <Alert isInline isPlain variant="danger" title={state.reason ?? 'It cannot be read.'}>
                      <span className="bd-code">{state.code}</span> Add another source, or come back when it can be reached.
                    </Alert>
                  )}
                </ListItem>
              );
            })}
          </List>
        )}
        <div className="bd-labels">
          <Act variant="secondary" icon={<PlusIcon />} reason={reason} onClick={() => setAdding(true)}>
            {sources.data.length ? 'Add another source' : 'Add a source'}
          </Act>
          <Act reason={enabled.length ? undefined : 'Add a source first.'} onClick={onNext}>
            Continue
          </Act>
        </div>
      </CardBody>
      {adding && (
        <SourcePanel
          onClose={() => setAdding(false)}
          onDone={() => {
            for (const key of [keys.sources, keys.sourceStates, keys.images, keys.offers]) void client.invalidateQueries({ queryKey: key });
            setAdding(false);
          }}
        />
      )}
    </Card>
  );
}

function ImageStep({ onBack }: { onBack: () => void }) {
  const { images, rows } = useRows();
  const client = useQueryClient();
  const navigate = useNavigate();
  const reason = useAdminReason();
  const [selecting, setSelecting] = useState(false);
  const sources = useSources();
  const states = useSourceStates();
  const begin = useMutation({
    mutationFn: () => api.post('imports/'),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.imports });
      void navigate('/images');
    },
  });
  if (!images.data) return <Loading query={images} what="Images" />;
  const open = new Set((states.data ?? []).filter((s) => s.selections === 0).map((s) => s.id));
  const whole = (sources.data ?? []).filter((s) => s.enabled && open.has(s.id));
  const selected = rows.filter((r) => r.selected_by.length > 0 && !r.bootloader);
  const size = selected.reduce((sum, r) => sum + (r.size || r.offered_size), 0);
  return (
    <Card>
      <CardTitle component="h2">Which images shall be here?</CardTitle>
      <CardBody className="bd-stack">
        {begin.isError && (
          <Alert isInline variant="danger" title="The import could not be started">
            {begin.error.message}
          </Alert>
        )}
        {whole.length > 0 && (
          <Alert isInline variant="info" title={`Everything that ${whole.map((s) => s.name).join(', ')} offers is taken`}>
            That may be much. Select images, and only these are taken from it.
          </Alert>
        )}
        {selected.length === 0 ? (
          <p className="bd-muted">Nothing is selected yet.</p>
        ) : (
          <>
            <p>
              {plural(selected.length, 'image')} {size > 0 && `of about ${bytes(size)}`}, and the boot loaders that machines need
            </p>
            <List isPlain isBordered aria-label="Selected images">
              {selected.slice(0, 12).map((r) => (
                <ListItem key={r.key}>
                  <b>{titleOf(r)}</b> {r.arch} <span className="bd-small bd-inline">{r.name}</span>
                </ListItem>
              ))}
            </List>
            {selected.length > 12 && <p className="bd-small">and {selected.length - 12} more</p>}
          </>
        )}
        <div className="bd-labels">
          <Button variant="secondary" onClick={onBack}>
            Back
          </Button>
          <Act variant="secondary" icon={<PlusIcon />} reason={reason} onClick={() => setSelecting(true)}>
            Select images
          </Act>
          <Act icon={<DownloadIcon />} isLoading={begin.isPending} reason={reason ?? (selected.length ? undefined : 'Select an image first.')} onClick={() => begin.mutate()}>
            Import and finish
          </Act>
        </div>
      </CardBody>
      {selecting && <SelectPanel onClose={() => setSelecting(false)} />}
    </Card>
  );
}
