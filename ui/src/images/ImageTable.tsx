import { AngleDownIcon, AngleRightIcon, LongArrowAltDownIcon, LongArrowAltUpIcon } from '@patternfly/react-icons';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { ImageCopies, Source } from '../api/client';
import { useMedia } from '../parts/media';
import { Tick } from '../parts/Tick';
import { plural } from '../parts/text';
import { heightOf, ImageLine } from './ImageLine';
import { useSlots } from './slots';
import { isBusy, sorted, type Group, type Row, type SortKey } from './rows';

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
  // Below this width lines are stacks of their cells, as high as these happen to be; above they have heights that are known.
  const stacked = useMedia('(max-width: 48rem)');
  const copiesOf = useCallback((row: Row) => copies?.get(`${row.name}:${row.arch}`), [copies]);
  // The list asks for the height of every line again whenever one of these is another function.
  const estimateSize = useCallback((i: number) => (lines[i]?.row ? heightOf(lines[i].row, copiesOf(lines[i].row)) : 45), [lines, copiesOf]);
  const getItemKey = useCallback((i: number) => lines[i]?.row?.key ?? 'group ' + lines[i]?.group.os, [lines]);
  const getScrollElement = useCallback(() => scroller.current, []);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement,
    estimateSize,
    overscan: 6,
    getItemKey,
  });
  const items = virtual.getVirtualItems();
  const slot = useSlots(items[0]?.index ?? 0, items.at(-1)?.index ?? 0);
  // An element that got another line takes nobody's focus along: the list keeps it, and arrows go on from the line that had it.
  useLayoutEffect(() => {
    const line = document.activeElement?.closest<HTMLElement>('[data-line]');
    if (line && scroller.current?.contains(line) && Number(line.dataset.line) !== cursor) scroller.current.focus({ preventScroll: true });
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
  const wholeState = useMemo(() => stateOf(all), [all, ticked]);
  const groupStates = useMemo(() => new Map(groups.map((g) => [g.os, stateOf(g.rows)])), [groups, ticked]);
  const latest = useRef({ tick, onDelete });
  latest.current = { tick, onDelete };
  const onTickLine = useCallback((rows: Row[], on: boolean) => latest.current.tick(rows, on), []);
  const onDeleteLine = useCallback((row: Row) => latest.current.onDelete(row), []);
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
    if (!(e.target as HTMLElement).dataset.line && e.target !== scroller.current) return;
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
    <div ref={scroller} tabIndex={-1} className="bd-grid" role="treegrid" aria-label="Images table" aria-rowcount={lines.length + 1} aria-multiselectable onKeyDown={onKey}>
      <div className="bd-grid__head" role="row" aria-rowindex={1}>
        <div role="columnheader" className="bd-c-tick">
          <Tick name="Select all images" on={wholeState} onChange={(on) => tick(all, on)} disabled={!!reason} />
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
        {items.map((item) => {
          const line = lines[item.index]!;
          const common = {
            'data-index': item.index,
            'data-line': item.index,
            ref: stacked ? virtual.measureElement : undefined,
            role: 'row',
            'aria-rowindex': item.index + 2,
            tabIndex: item.index === Math.min(cursor, lines.length - 1) ? 0 : -1,
            onFocus: () => setCursor(item.index),
            style: { transform: `translateY(${item.start}px)`, height: stacked ? undefined : item.size },
          };
          if (!line.row) {
            const open = !closed.has(line.group.os);
            return (
              <div key={item.key} {...common} className="bd-grid__group" aria-expanded={open} aria-level={1}>
                <div role="gridcell" className="bd-c-tick">
                  <Tick name={`Select all of ${line.group.title}`} on={groupStates.get(line.group.os) ?? false} onChange={(on) => tick(line.group.rows, on)} disabled={!!reason} />
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
          return (
            <div key={slot(item.index)} {...common} className="bd-grid__row" aria-level={2} aria-selected={ticked.has(row.key)}>
              <ImageLine
                row={row}
                names={names}
                copies={copiesOf(row)}
                ticked={ticked.has(row.key)}
                reason={reason}
                onTick={onTickLine}
                onDelete={onDeleteLine}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
