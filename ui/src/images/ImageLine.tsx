import { StarIcon, TrashIcon } from '@patternfly/react-icons';
import { memo, type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import type { ImageCopies } from '../api/client';
import { IconAct } from '../parts/Act';
import { Hint } from '../parts/Hint';
import { Tick } from '../parts/Tick';
import { ago, bytes, date } from '../parts/text';
import { CopiesWord } from './Copies';
import { isBusy, titleOf, type Row } from './rows';
import { Status } from './Status';

interface Props {
  row: Row;
  names: ReadonlyMap<number, string>;
  copies?: ImageCopies;
  ticked: boolean;
  reason?: string;
  /** Stays the same function. */
  onTick: (rows: Row[], on: boolean) => void;
  /** Stays the same function. */
  onDelete: (row: Row) => void;
}

/** Pixels that a line of the list has on screens that are wide enough for columns: known beforehand, so that nothing needs measuring. */
export function heightOf(row: Row, copies: ImageCopies | undefined): number {
  const why = row.state === 'downloading' ? row.why : (row.state === 'retrying' && row.retryAt) || (row.state === 'failed' && row.version) || (row.state === 'upload-incomplete' && row.percent !== undefined);
  const status = 1 + (why ? 1 : 0) + (copies ? 1 : 0);
  const source = 1 + (row.selected_by.length > 1 ? 1 : 0) + (row.last_deployed ? 1 : 0);
  return 61 + 21 * Math.max(0, status - 2, source - 2);
}

/** What the list shows of an image. */
export const ImageLine = memo(function ImageLine({ row, names, copies, ticked, reason, onTick, onDelete }: Props) {
  const busy = isBusy(row) ? 'It is being fetched and cannot be changed now. Stop the import first.' : undefined;
  const title = titleOf(row);
  return (
    <>
      <div role="gridcell" className="bd-c-tick">
        <Tick name={`Select ${title} ${row.arch}`} on={ticked} disabled={!!busy || !!reason} onChange={(on) => onTick([row], on)} />
      </div>
      <div role="gridcell" className="bd-c-title">
        <span>
          <Link to={`/images/${encodeURIComponent(row.key)}`}>{title}</Link>
          {row.commissioning && (
            <Hint text="Machines boot this release for commissioning.">
              <span tabIndex={0} className="bd-star bd-focusable" role="img" aria-label="Default for commissioning">
                <StarIcon />
              </span>
            </Hint>
          )}
        </span>
        {title !== row.release && <Small>{row.release}</Small>}
      </div>
      <div role="gridcell" className="bd-c-arch">{row.arch}</div>
      <div role="gridcell" className="bd-c-size">{bytes(row.size)}</div>
      <div role="gridcell" className="bd-c-version">
        <span title={row.version ?? undefined}>
          {row.version ?? '—'}
          {row.versions > 1 && <span className="bd-small bd-inline"> + {row.versions - 1} older</span>}
        </span>
        {row.updated && <Small>{date(row.updated)}</Small>}
      </div>
      <div role="gridcell" className="bd-c-status">
        <Status row={row} />
        <CopiesWord copies={copies} />
      </div>
      <div role="gridcell" className="bd-c-source">
        <span>{row.kind === 'uploaded' ? 'Uploaded' : (row.source_id && names.get(row.source_id)) || '—'}</span>
        {row.selected_by.length > 1 && <Small title={`Won’t sync from ${names.get(row.selected_by[1]!)}`}>Won’t sync from {names.get(row.selected_by[1]!)}</Small>}
        {row.last_deployed && <Small title={date(row.last_deployed)}>Deployed {ago(row.last_deployed)}</Small>}
      </div>
      <div role="gridcell" className="bd-c-actions">
        <IconAct name={`Delete ${title} ${row.arch}`} icon={<TrashIcon />} reason={reason ?? busy} onClick={() => onDelete(row)} />
      </div>
    </>
  );
});

const Small = ({ title, children }: { title?: string; children: ReactNode }) => (
  <span className="bd-small" title={title}>
    {children}
  </span>
);
