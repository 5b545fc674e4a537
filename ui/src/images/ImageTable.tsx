import { Checkbox, Tooltip } from '@patternfly/react-core';
import { AngleDownIcon, AngleRightIcon, LongArrowAltDownIcon, LongArrowAltUpIcon, StarIcon, TrashIcon } from '@patternfly/react-icons';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Link } from 'react-router-dom';
import type { ImageCopies, Source } from '../api/client';
import { Act } from '../parts/Act';
import { ago, bytes, date, plural } from '../parts/text';
import { isBusy, sorted, titleOf, type Group, type Row, type SortKey } from './rows';
import { CopiesWord } from './Copies';
import { Status } from './Status';

interface Props {
  groups: Group[];
  sources: Source[];
  copies?: ReadonlyMap<string, ImageCopies>;
  ticked: ReadonlySet<string>;
  onTick: (keys: ReadonlySet<string>) => void;
  onDelete: (row: Row) => void;
  reason?: string;
}

type Line = { group: Group; row?: Row };

const columns: [SortKey | null, string, string][] = [
  ['title', 'Release title', 'bd-c-title'],
  ['arch', 'Architecture', 'bd-c-arch'],
  ['size', 'Size', 'bd-c-size'],
  ['version', 'Version / Last update', 'bd-c-version'],
  ['state', 'Status', 'bd-c-status'],
  [null, 'Source', 'bd-c-source'],
  [null, 'Actions', 'bd-c-actions'],
];

/** The images, grouped by operating system. Only the lines in view are in the page, so that 10,000 scroll smoothly. */
export function ImageTable({ groups, sources, copies, ticked, onTick, onDelete, reason }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [sort, setSort] = useState<{ key: SortKey; down: boolean }>({ key: 'title', down: true });
  const [cursor, setCursor] = useState(0);
  const names = useMemo(() => new Map(sources.map((s) => [s.id, s.name])), [sources]);
  const lines = useMemo(
    () => groups.flatMap<Line>((group) => [{ group }, ...(closed.has(group.os) ? [] : sorted(group.rows, sort.key, sort.down).map((row) => ({ group, row })))]),
    [groups, closed, sort],
  );
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (lines[i]?.row ? 61 : 45),
    overscan: 8,
    getItemKey: (i) => lines[i]!.row?.key ?? 'group ' + lines[i]!.group.os,
  });
  const all = useMemo(() => groups.flatMap((g) => g.rows), [groups]);
  const tick = (rows: Row[], on: boolean) => {
    const next = new Set(ticked);
    for (const row of rows.filter((r) => !isBusy(r)))
      if (on) next.add(row.key);
      else next.delete(row.key);
    onTick(next);
  };
  const stateOf = (rows: Row[]): boolean | null => {
    const may = rows.filter((r) => !isBusy(r));
    const count = ticked.size ? may.filter((r) => ticked.has(r.key)).length : 0;
    return count === 0 ? false : count === may.length ? true : null;
  };
  const toggle = (os: string) => {
    const next = new Set(closed);
    if (!next.delete(os)) next.add(os);
    setClosed(next);
  };
  const move = (to: number) => {
    const index = Math.max(0, Math.min(lines.length - 1, to));
    setCursor(index);
    virtual.scrollToIndex(index);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-line="${index}"]`)?.focus());
  };
  const onKey = (e: KeyboardEvent) => {
    if (!(e.target as HTMLElement).dataset.line) return;
    const line = lines[cursor];
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -lines.length, End: lines.length };
    const isOpen = line && !closed.has(line.group.os);
    if (e.key in steps) move(cursor + steps[e.key]!);
    else if (line && !line.row && (e.key === 'Enter' || (e.key === 'ArrowLeft' && isOpen) || (e.key === 'ArrowRight' && !isOpen))) toggle(line.group.os);
    else if (line?.row && e.key === ' ' && !reason) tick([line.row], !ticked.has(line.row.key));
    else if (line?.row && e.key === 'ArrowLeft') move(lines.findIndex((l) => l.group === line.group));
    else return;
    e.preventDefault();
  };

  return (
    <div ref={scroller} className="bd-grid" role="treegrid" aria-label="Images table" aria-rowcount={lines.length + 1} aria-multiselectable onKeyDown={onKey}>
      <div className="bd-grid__head" role="row" aria-rowindex={1}>
        <div role="columnheader" className="bd-c-tick">
          <Checkbox id="tick-all" aria-label="Select all images" isChecked={stateOf(all)} onChange={(_, on) => tick(all, on)} isDisabled={!!reason} />
        </div>
        {columns.map(([key, title, name]) => (
          <div key={title} role="columnheader" className={name} aria-sort={key && sort.key === key ? (sort.down ? 'descending' : 'ascending') : undefined}>
            {key ? (
              <button type="button" className="bd-sort" onClick={() => setSort({ key, down: sort.key === key ? !sort.down : false })}>
                {title} {sort.key === key && (sort.down ? <LongArrowAltDownIcon /> : <LongArrowAltUpIcon />)}
              </button>
            ) : (
              title
            )}
          </div>
        ))}
      </div>
      <div className="bd-grid__space" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index]!;
          const common = {
            'data-index': item.index,
            'data-line': item.index,
            ref: virtual.measureElement,
            role: 'row',
            'aria-rowindex': item.index + 2,
            tabIndex: item.index === Math.min(cursor, lines.length - 1) ? 0 : -1,
            onFocus: () => setCursor(item.index),
            style: { transform: `translateY(${item.start}px)` },
          };
          if (!line.row) {
            const open = !closed.has(line.group.os);
            return (
              <div key={item.key} {...common} className="bd-grid__group" aria-expanded={open} aria-level={1}>
                <div role="gridcell" className="bd-c-tick">
                  <Checkbox id={`tick-${line.group.os}`} aria-label={`Select all of ${line.group.title}`} isChecked={stateOf(line.group.rows)} onChange={(_, on) => tick(line.group.rows, on)} isDisabled={!!reason} />
                </div>
                <div role="gridcell" className="bd-c-group">
                  <button type="button" className="bd-sort" aria-label={`${open ? 'Close' : 'Open'} ${line.group.title}`} onClick={() => toggle(line.group.os)}>
                    {open ? <AngleDownIcon /> : <AngleRightIcon />} <b>{line.group.title}</b>
                  </button>
                  <span className="bd-small">{plural(line.group.rows.length, 'image')}</span>
                </div>
              </div>
            );
          }
          const row = line.row;
          const busy = isBusy(row) ? 'It is being fetched and cannot be changed now. Stop the import first.' : undefined;
          return (
            <div key={item.key} {...common} className="bd-grid__row" aria-level={2} aria-selected={ticked.has(row.key)}>
              <div role="gridcell" className="bd-c-tick">
                <Checkbox id={`tick-${row.key}`} aria-label={`Select ${titleOf(row)} ${row.arch}`} isChecked={ticked.has(row.key)} isDisabled={!!busy || !!reason} onChange={(_, on) => tick([row], on)} />
              </div>
              <div role="gridcell" className="bd-c-title">
                <span>
                  <Link to={`/images/${encodeURIComponent(row.key)}`}>{titleOf(row)}</Link>
                  {row.commissioning && (
                    <Tooltip content="Machines boot this release for commissioning.">
                      <span tabIndex={0} className="bd-star bd-focusable" role="img" aria-label="Default for commissioning">
                        <StarIcon />
                      </span>
                    </Tooltip>
                  )}
                </span>
                {titleOf(row) !== row.release && <span className="bd-small">{row.release}</span>}
              </div>
              <div role="gridcell" className="bd-c-arch">{row.arch}</div>
              <div role="gridcell" className="bd-c-size">{bytes(row.size)}</div>
              <div role="gridcell" className="bd-c-version">
                <span title={row.version ?? undefined}>
                  {row.version ?? '—'}
                  {row.versions > 1 && <span className="bd-small bd-inline"> + {row.versions - 1} older</span>}
                </span>
                {row.updated && <span className="bd-small">{date(row.updated)}</span>}
              </div>
              <div role="gridcell" className="bd-c-status">
                <Status row={row} />
                <CopiesWord copies={copies?.get(`${row.name}:${row.arch}`)} />
              </div>
              <div role="gridcell" className="bd-c-source">
                {row.kind === 'uploaded' ? 'Uploaded' : (row.source_id && names.get(row.source_id)) || '—'}
                {row.selected_by.length > 1 && <span className="bd-small">Won’t sync from {names.get(row.selected_by[1]!)}</span>}
                {row.last_deployed && (
                  <span className="bd-small" title={date(row.last_deployed)}>
                    Deployed {ago(row.last_deployed)}
                  </span>
                )}
              </div>
              <div role="gridcell" className="bd-c-actions">
                <Act variant="plain" aria-label={`Delete ${titleOf(row)} ${row.arch}`} icon={<TrashIcon />} reason={reason ?? busy} onClick={() => onDelete(row)} />
              </div>
            </div>
          );
        })}
      </div>
    </div>
  );
}
