import {
  Accordion,
  AccordionContent,
  AccordionItem,
  AccordionToggle,
  Alert,
  Button,
  Checkbox,
  ExpandableSection,
  FormGroup,
  FormSelect,
  FormSelectOption,
  Label,
  SearchInput,
  TextInput,
} from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import * as api from '../api/client';
import { keys, useSources, useSourceStates } from '../api/queries';
import { Act } from '../parts/Act';
import { Panel } from '../parts/Panel';
import { Loading } from '../parts/Screen';
import { hidden, Table } from '../parts/Table';
import { bytes, osName, plural } from '../parts/text';
import { useToast } from '../parts/toasts';

interface Choice {
  offer: api.Offer;
  source: number;
}
const keyOf = (o: api.Offer) => `${o.os}/${o.release}/${o.arch}`;
const words = (text: string) => text.split(/[\s,]+/).filter((w) => w);

/** Two steps: which images, then from where, with what that comes to, before anything is stored. */
export function SelectPanel({ onClose }: { onClose: () => void }) {
  const offers = useQuery({ queryKey: keys.offers, queryFn: () => api.get<api.Offer[]>('offers/') });
  const sources = useSources();
  const states = useSourceStates();
  // Without selections a source brings everything; the first one narrows that down.
  const whole = new Set((states.data ?? []).filter((s) => s.selections === 0).map((s) => s.id));
  const open = (sources.data ?? []).filter((s) => s.enabled && whole.has(s.id));
  const client = useQueryClient();
  const toast = useToast();
  const [chosen, setChosen] = useState<ReadonlyMap<string, Choice>>(new Map());
  const [step, setStep] = useState(1);
  const [text, setText] = useState('');
  const [more, setMore] = useState(false);
  const [subarches, setSubarches] = useState('');
  const [labels, setLabels] = useState('');
  const [wilds, setWilds] = useState<string[]>([]);
  const form = {
    image: [...[...chosen.values()].map((c) => `${c.source}/${keyOf(c.offer)}`), ...wilds],
    subarches: words(subarches),
    labels: words(labels),
  };
  const empty = form.image.length === 0;
  const plan = useQuery({
    queryKey: ['plan', 'preview', form],
    queryFn: () => api.post<api.Plan>('plan/op-preview', form),
    enabled: step === 2 && !empty,
    staleTime: 0,
    retry: false,
  });
  const save = useMutation({
    mutationFn: async () => {
      await api.post('images/op-select', form);
      await api.post('imports/');
    },
    onSuccess: () => {
      toast('success', 'Selected', 'The import has begun.');
      for (const key of [keys.images, keys.offers, keys.imports]) void client.invalidateQueries({ queryKey: key });
      onClose();
    },
  });
  const tick = (offer: api.Offer, on: boolean) => {
    const next = new Map(chosen);
    if (on) next.set(keyOf(offer), { offer, source: offer.sources[0]!.id });
    else next.delete(keyOf(offer));
    setChosen(next);
  };
  const nameOf = (id: number) => sources.data?.find((s) => s.id === id)?.name ?? `Source ${id}`;

  return (
    <Panel
      wide
      title="Select upstream images"
      dirty={!empty}
      onClose={onClose}
      footer={
        step === 1 ? (
          <Act reason={empty ? 'Choose an image first.' : undefined} onClick={() => setStep(2)}>
            Next
          </Act>
        ) : (
          <>
            <Button variant="secondary" onClick={() => setStep(1)}>
              Back
            </Button>
            <Act
              isLoading={save.isPending}
              reason={empty ? 'No upstream images were selected.' : plan.isPending ? 'Working out what that comes to…' : undefined}
              onClick={() => save.mutate()}
            >
              Save and sync
            </Act>
          </>
        )
      }
    >
      <ol className="bd-steps" aria-label="Steps">
        <li aria-current={step === 1 ? 'step' : undefined}>Image selection</li>
        <li aria-current={step === 2 ? 'step' : undefined}>Source configuration</li>
      </ol>
      {step === 1 && (
        <>
          <p className="bd-muted">Images are imported and kept in sync; then machines can boot and deploy them.</p>
          <SearchInput aria-label="Search available images" placeholder="Search available images" value={text} onChange={(_, v) => setText(v)} onClear={() => setText('')} />
          {open.length > 0 && (
            <Alert isInline variant="info" title={`Everything that ${open.map((s) => s.name).join(', ')} offers is taken so far`}>
              No image of it has been selected. Choose images, and only these are taken from it.
            </Alert>
          )}
          {offers.data === undefined ? (
            <Loading query={offers} what="What sources offer" />
          ) : (
            <Offers offers={offers.data} whole={whole} text={text} chosen={chosen} onTick={tick} />
          )}
          <ExpandableSection toggleText="More: kernels, labels, everything of a kind" isExpanded={more} onToggle={(_, on) => setMore(on)} isIndented>
            <FormGroup label="Kernels and boards (sub-architectures)" fieldId="subarches">
              <TextInput id="subarches" placeholder="all, or for example: ga-24.04 hwe-24.04" value={subarches} onChange={(_, v) => setSubarches(v)} />
            </FormGroup>
            <FormGroup label="Labels" fieldId="labels">
              <TextInput id="labels" placeholder="all, or for example: stable" value={labels} onChange={(_, v) => setLabels(v)} />
            </FormGroup>
            <WildRule sources={sources.data ?? []} onAdd={(rule) => setWilds([...new Set([...wilds, rule])])} />
          </ExpandableSection>
          <div className="bd-labels">
            {wilds.map((w) => (
              <Label key={w} onClose={() => setWilds(wilds.filter((x) => x !== w))} closeBtnAriaLabel={`Remove ${w}`}>
                {nameOf(Number(w.split('/')[0]))}: {w.split('/').slice(1).join('/')}
              </Label>
            ))}
          </div>
          <p aria-live="polite">{!empty && <b>{plural(form.image.length, 'choice')}</b>}</p>
        </>
      )}
      {step === 2 && (
        <>
          {save.isError && (
            <Alert isInline variant="danger" title="Not saved">
              {save.error.message}
            </Alert>
          )}
          {empty ? <Alert isInline variant="info" title="No upstream images were selected." /> : <PlanEffect plan={plan} />}
          {chosen.size > 0 && (
            <Table label="Selected images table" columns={['Release title', 'Architecture', 'Source', hidden('Remove')]}>
              {[...chosen.values()].map((choice) => (
                <tr key={keyOf(choice.offer)}>
                  <td>{choice.offer.title || choice.offer.release}</td>
                  <td>{choice.offer.arch}</td>
                  <td>
                    <FormSelect
                      aria-label={`Source of ${keyOf(choice.offer)}`}
                      value={choice.source}
                      isDisabled={choice.offer.sources.length < 2}
                      onChange={(_, v) => setChosen(new Map(chosen).set(keyOf(choice.offer), { ...choice, source: Number(v) }))}
                    >
                      {choice.offer.sources.map((s) => (
                        <FormSelectOption key={s.id} value={s.id} label={`${nameOf(s.id)} (${s.version})`} />
                      ))}
                    </FormSelect>
                  </td>
                  <td>
                    <Button variant="link" isInline aria-label={`Remove ${keyOf(choice.offer)}`} onClick={() => tick(choice.offer, false)}>
                      Remove
                    </Button>
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </>
      )}
    </Panel>
  );
}

interface OffersProps {
  offers: api.Offer[];
  whole: ReadonlySet<number>;
  text: string;
  chosen: ReadonlyMap<string, Choice>;
  onTick: (offer: api.Offer, on: boolean) => void;
}

function Offers({ offers, whole, text, chosen, onTick }: OffersProps) {
  const [open, setOpen] = useState<string>();
  const byOs = useMemo(() => {
    const fits = (o: api.Offer) => {
      const t = `${o.os} ${osName(o.os)} ${o.release} ${o.title} ${o.arch}`.toLowerCase();
      return text.toLowerCase().split(/\s+/).every((w) => t.includes(w));
    };
    const groups = new Map<string, Map<string, api.Offer[]>>();
    for (const offer of offers.filter(fits)) {
      const releases = groups.get(offer.os) ?? new Map<string, api.Offer[]>();
      groups.set(offer.os, releases.set(offer.release, [...(releases.get(offer.release) ?? []), offer]));
    }
    return [...groups].sort(([a], [b]) => (a === 'ubuntu' ? -1 : b === 'ubuntu' ? 1 : a.localeCompare(b)));
  }, [offers, text]);
  if (offers.length === 0)
    return (
      <Alert isInline variant="warning" title="Nothing is offered">
        No enabled source has been read yet, or none could be. The screen Sources shows what is wrong.
      </Alert>
    );
  if (byOs.length === 0) return <p>Nothing fits “{text}”.</p>;
  const rank = (all: api.Offer[]) => (all[0]!.title.includes('LTS') ? 1 : 0);
  return (
    <Accordion headingLevel="h3">
      {byOs.map(([os, releases]) => {
        const isOpen = open === os || (text !== '' && byOs.length <= 3) || byOs.length === 1;
        return (
          <AccordionItem key={os} isExpanded={isOpen}>
            <AccordionToggle id={`os-${os}`} onClick={() => setOpen(open === os ? undefined : os)}>
              {osName(os)} <span className="bd-small bd-inline">{plural(releases.size, 'release')}</span>
            </AccordionToggle>
            <AccordionContent>
              {isOpen &&
                [...releases]
                  .sort(([, a], [, b]) => rank(b) - rank(a) || b[0]!.title.localeCompare(a[0]!.title))
                  .map(([release, all]) => (
                    <fieldset key={release} className="bd-release">
                      <legend>
                        <b>{all[0]!.title || release}</b> {all[0]!.title && <span className="bd-small bd-inline">{release}</span>}
                      </legend>
                      {all.map((offer) => {
                        const has = offer.sources.some((s) => s.selected && !whole.has(s.id));
                        return (
                          <Checkbox
                            key={keyOf(offer)}
                            id={`offer-${keyOf(offer)}`}
                            label={`${offer.arch} (${has ? 'selected already' : `about ${bytes(offer.sources[0]!.size)}`})`}
                            isChecked={has || chosen.has(keyOf(offer))}
                            isDisabled={has}
                            onChange={(_, on) => onTick(offer, on)}
                          />
                        );
                      })}
                    </fieldset>
                  ))}
            </AccordionContent>
          </AccordionItem>
        );
      })}
    </Accordion>
  );
}

function WildRule({ sources, onAdd }: { sources: api.Source[]; onAdd: (rule: string) => void }) {
  const [rule, setRule] = useState({ source: 0, os: '*', release: '*', arch: '*' });
  const set = (name: string) => (_: unknown, value: string) => setRule((r) => ({ ...r, [name]: value.trim() }));
  return (
    <fieldset className="bd-wild">
      <legend>A rule; * takes all, also what comes later</legend>
      <FormSelect aria-label="Source of the rule" value={rule.source} onChange={(_, v) => setRule((r) => ({ ...r, source: Number(v) }))}>
        <FormSelectOption value={0} label="Source" />
        {sources.map((s) => (
          <FormSelectOption key={s.id} value={s.id} label={s.name} />
        ))}
      </FormSelect>
      <TextInput aria-label="Operating system of the rule" value={rule.os} onChange={set('os')} />
      <TextInput aria-label="Release of the rule" value={rule.release} onChange={set('release')} />
      <TextInput aria-label="Architecture of the rule" value={rule.arch} onChange={set('arch')} />
      <Button
        variant="secondary"
        isDisabled={!rule.source || !rule.os || !rule.release || !rule.arch}
        onClick={() => onAdd(`${rule.source}/${rule.os}/${rule.release}/${rule.arch}`)}
      >
        Add rule
      </Button>
    </fieldset>
  );
}

function PlanEffect({ plan }: { plan: UseQueryResult<api.Plan> }) {
  if (!plan.data) return <Loading query={plan} what="What that comes to" />;
  const { bytes_to_fetch, free_bytes, fetch, retire, problems } = plan.data;
  const errors = problems.filter((p) => p.level === 'error');
  return (
    <Alert
      isInline
      variant={errors.length ? 'danger' : 'info'}
      title={fetch.length ? `${bytes(bytes_to_fetch)} to fetch in ${plural(fetch.length, 'version')}` : 'Nothing new has to be fetched'}
    >
      {free_bytes !== null && <>{bytes(free_bytes)} are free. </>}
      {retire.length > 0 && (
        <>
          {plural(retire.length, 'version')} would be retired:{' '}
          {retire
            .slice(0, 3)
            .map((r) => r.name)
            .join(', ')}
          .{' '}
        </>
      )}
      {errors.map((p) => (
        <p key={p.subject + p.code}>
          {p.message} <span className="bd-code">{p.code}</span>
        </p>
      ))}
    </Alert>
  );
}
