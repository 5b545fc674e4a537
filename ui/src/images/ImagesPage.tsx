import { Alert, Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, FormSelect, FormSelectOption, SearchInput } from '@patternfly/react-core';
import { DownloadIcon, PlayIcon, StopIcon, TrashIcon, UploadIcon } from '@patternfly/react-icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router-dom';
import * as api from '../api/client';
import { keys, useImages, useImports, useLive, useSetting, useSources, useUploads } from '../api/queries';
import { useStop } from '../activity/useStop';
import { useAdminReason } from '../app/session';
import { Act } from '../parts/Act';
import { Loading, Screen } from '../parts/Screen';
import { Tag } from '../parts/Tag';
import { ago, bytes, date, dateOf, plural } from '../parts/text';
import { useToast } from '../parts/toasts';
import { useCopies } from './Copies';
import { DeletePanel } from './DeletePanel';
import { ImageTable } from './ImageTable';
import { SourceChange } from './SourceChange';
import { groupsOf, rowsOf, stateWords, type Row } from './rows';
import { SelectPanel } from './SelectPanel';

/** Images joined with what live events say of them. */
export function useRows() {
  const images = useImages();
  const uploads = useUploads();
  const run = useLive().import;
  const now = run?.phase === 'ended' ? undefined : run?.images;
  const rows = useMemo(() => rowsOf(images.data ?? [], now ?? [], uploads.data ?? []), [images.data, now, uploads.data]);
  return { images, rows };
}

export function ImagesPage() {
  const { images, rows } = useRows();
  const sources = useSources();
  const auto = useSetting<boolean>('boot_images_auto_import');
  const copies = useCopies(images.data !== undefined);
  const [params, setParams] = useSearchParams();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [panel, setPanel] = useState<'select' | 'delete' | 'source'>();
  const reason = useAdminReason();
  const navigate = useNavigate();
  const filter = { text: params.get('q') ?? '', state: params.get('state') ?? '', arch: params.get('arch') ?? '', kind: params.get('kind') ?? '' };
  const setFilter = (name: string, value: string) =>
    setParams(
      (now) => {
        if (value) now.set(name, value);
        else now.delete(name);
        return now;
      },
      { replace: true },
    );
  const shown = useMemo(() => rows.filter((r) => fits(r, filter)), [rows, filter.text, filter.state, filter.arch, filter.kind]);
  const groups = useMemo(() => groupsOf(shown), [shown]);
  const arches = useMemo(() => [...new Set(rows.map((r) => r.arch))].sort(), [rows]);
  const states = useMemo(() => [...new Set(rows.map((r) => r.state))].sort(), [rows]);
  const chosen = rows.filter((r) => ticked.has(r.key));
  const failed = rows.filter((r) => r.state === 'failed').length;

  return (
    <Screen
      title="Images"
      subtitle={<Summary rows={rows} sources={sources.data ?? []} />}
      actions={
        <>
          <SyncButtons />
          <Act variant="secondary" isDanger icon={<TrashIcon />} reason={reason ?? (chosen.length ? undefined : 'Tick images first.')} onClick={() => setPanel('delete')}>
            {chosen.length ? `Delete ${plural(chosen.length, 'image')}` : 'Delete'}
          </Act>
          {chosen.length > 0 && (
            <Act
              variant="secondary"
              reason={reason ?? (chosen.some((r) => r.kind === 'synced' && !r.bootloader && r.offered_by.some((id) => id !== r.selected_by[0])) ? undefined : 'No other source offers them.')}
              onClick={() => setPanel('source')}
            >
              Change source
            </Act>
          )}
          <Act variant="secondary" icon={<UploadIcon />} reason={reason} onClick={() => void navigate('/uploads?new')}>
            Upload custom image
          </Act>
          <Act variant="primary" icon={<DownloadIcon />} reason={reason} onClick={() => setPanel('select')}>
            Select upstream images
          </Act>
        </>
      }
    >
      {auto.data === false && (
        <Alert isInline variant="warning" title="Automatic synchronization is off">
          Images get no new packages and security fixes until someone synchronizes. Settings, Synchronization switches it on.
        </Alert>
      )}
      {failed > 0 && filter.state !== 'failed' && (
        <Alert
          isInline
          variant="danger"
          title={`${plural(failed, 'image')} failed`}
          actionLinks={
            <Button variant="link" isInline onClick={() => setFilter('state', 'failed')}>
              Show only these
            </Button>
          }
        />
      )}
      {images.data === undefined ? (
        <Loading query={images} what="Images" />
      ) : rows.length === 0 ? (
        <Nothing onSelect={() => setPanel('select')} reason={reason} hasSources={(sources.data?.length ?? 0) > 0} />
      ) : (
        <>
          <div className="bd-toolbar" role="search">
            <SearchInput aria-label="Search images" placeholder="Search images" value={filter.text} onChange={(_, v) => setFilter('q', v)} onClear={() => setFilter('q', '')} />
            <Filter label="Status" value={filter.state} options={states.map((s) => [s, stateWords[s] ?? s])} onChange={(v) => setFilter('state', v)} />
            <Filter label="Architecture" value={filter.arch} options={arches.map((a) => [a, a])} onChange={(v) => setFilter('arch', v)} />
            <Filter label="Type" value={filter.kind} options={[['synced', 'Synced'], ['uploaded', 'Uploaded']]} onChange={(v) => setFilter('kind', v)} />
            <span className="bd-muted" aria-live="polite">
              {shown.length === rows.length ? plural(rows.length, 'image') : `${shown.length.toLocaleString()} of ${plural(rows.length, 'image')}`}
            </span>
          </div>
          {shown.length === 0 ? (
            <EmptyState titleText="No image fits these filters" headingLevel="h2">
              <EmptyStateFooter>
                <Button variant="link" onClick={() => setParams({}, { replace: true })}>
                  Clear filters
                </Button>
              </EmptyStateFooter>
            </EmptyState>
          ) : (
            <ImageTable
              groups={groups}
              sources={sources.data ?? []}
              copies={copies.data}
              ticked={ticked}
              onTick={setTicked}
              reason={reason}
              onDelete={(row) => {
                setTicked(new Set([row.key]));
                setPanel('delete');
              }}
            />
          )}
        </>
      )}
      {panel === 'select' && <SelectPanel onClose={() => setPanel(undefined)} />}
      {panel === 'source' && chosen.length > 0 && (
        <SourceChange
          rows={chosen.filter((r) => r.kind === 'synced' && !r.bootloader)}
          nameOf={(id) => sources.data?.find((s) => s.id === id)?.name ?? `source ${id}`}
          onClose={() => setPanel(undefined)}
        />
      )}
      {panel === 'delete' && chosen.length > 0 && (
        <DeletePanel
          rows={chosen}
          onClose={() => setPanel(undefined)}
          onDone={(stayed) => {
            setTicked(new Set(stayed));
            setPanel(undefined);
          }}
        />
      )}
    </Screen>
  );
}

function fits(row: Row, filter: { text: string; state: string; arch: string; kind: string }): boolean {
  if (filter.state && row.state !== filter.state) return false;
  if (filter.arch && row.arch !== filter.arch) return false;
  if (filter.kind && row.kind !== filter.kind) return false;
  if (!filter.text) return true;
  const text = `${row.name} ${row.title} ${row.arch} ${row.version ?? ''}`.toLowerCase();
  return filter.text.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function Filter({ label, value, options, onChange }: { label: string; value: string; options: (readonly [string, string])[]; onChange: (v: string) => void }) {
  return (
    <FormSelect className="bd-filter" aria-label={label} value={value} onChange={(_, v) => onChange(v)}>
      <FormSelectOption value="" label={`${label}: all`} />
      {options.map(([v, text]) => (
        <FormSelectOption key={v} value={v} label={text} />
      ))}
    </FormSelect>
  );
}

function Summary({ rows, sources }: { rows: Row[]; sources: api.Source[] }) {
  const runs = useImports();
  const minutes = useSetting<number>('boot_images_import_interval_minutes');
  const auto = useSetting<boolean>('boot_images_auto_import');
  const active = sources.filter((s) => s.enabled);
  const from = active.length === 1 ? active[0]!.name : active.length === 0 ? 'no source' : `${active.length} sources`;
  const last = runs.data?.[0];
  const next = last && auto.data && minutes.data ? new Date(dateOf(last.started).getTime() + minutes.data * 60_000) : undefined;
  return (
    <>
      Images synced from <b>{from}</b>
      {rows.length > 0 && <> · {bytes(rows.reduce((sum, r) => sum + r.size, 0))}</>}
      {last && (
        <>
          {' '}
          · last import <time title={date(last.started)}>{ago(last.started)}</time>{' '}
          <Tag filled color={last.state === 'done' ? 'green' : last.state === 'running' ? 'blue' : 'orange'}>
            {last.state}
          </Tag>
        </>
      )}
      {next && next > new Date() && <> · next {ago(next.toISOString())}</>}
    </>
  );
}

function SyncButtons() {
  const live = useLive();
  const toast = useToast();
  const client = useQueryClient();
  const reason = useAdminReason();
  const running = live.import && live.import.phase !== 'ended';
  const start = useMutation({
    mutationFn: () => api.post('imports/'),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.imports }),
    onError: (e) => toast('danger', 'The import could not be started', e.message),
  });
  const stop = useStop();
  return running ? (
    <Act variant="secondary" icon={<StopIcon />} reason={reason} isLoading={stop.isPending} onClick={() => stop.mutate()}>
      Stop import
    </Act>
  ) : (
    <Act variant="secondary" icon={<PlayIcon />} reason={reason} isLoading={start.isPending} onClick={() => start.mutate()}>
      Sync now
    </Act>
  );
}

function Nothing({ onSelect, reason, hasSources }: { onSelect: () => void; reason?: string; hasSources: boolean }) {
  const navigate = useNavigate();
  return (
    <EmptyState titleText="No images yet" headingLevel="h2">
      <EmptyStateBody>
        {hasSources
          ? 'No images have been selected to sync. Select what machines shall boot, or upload an image of your own.'
          : 'There is no source to take images from. Add one, or upload an image of your own.'}
      </EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          {hasSources ? (
            <Act variant="secondary" reason={reason} onClick={onSelect}>
              Choose images
            </Act>
          ) : (
            <Act reason={reason} onClick={() => void navigate('/sources?new')}>
              Add a source
            </Act>
          )}
          <Act variant="link" reason={reason} onClick={() => void navigate('/welcome')}>
            Set up step by step
          </Act>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}
