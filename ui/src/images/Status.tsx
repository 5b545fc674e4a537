import { Progress } from '@patternfly/react-core';
import {
  BanIcon,
  CheckCircleIcon,
  ClockIcon,
  DownloadIcon,
  ExclamationCircleIcon,
  ExclamationTriangleIcon,
  InfoCircleIcon,
  PauseCircleIcon,
  SyncAltIcon,
} from '@patternfly/react-icons';
import type { ReactNode } from 'react';
import { Hint } from '../parts/Hint';
import { Tag, type TagColor } from '../parts/Tag';
import { ago } from '../parts/text';
import { stateWords, type Row } from './rows';

const looks: Record<string, [color: TagColor, icon: ReactNode]> = {
  ready: ['green', <CheckCircleIcon key="i" />],
  'update-available': ['blue', <InfoCircleIcon key="i" />],
  waiting: ['grey', <ClockIcon key="i" />],
  queued: ['grey', <ClockIcon key="i" />],
  downloading: ['blue', <DownloadIcon key="i" />],
  retrying: ['orange', <ClockIcon key="i" />],
  failed: ['red', <ExclamationCircleIcon key="i" />],
  refused: ['red', <ExclamationCircleIcon key="i" />],
  withdrawn: ['orange', <ExclamationTriangleIcon key="i" />],
  'not-offered': ['orange', <ExclamationTriangleIcon key="i" />],
  'not-selected': ['orange', <BanIcon key="i" />],
  'source-disabled': ['grey', <PauseCircleIcon key="i" />],
  'upload-incomplete': ['orange', <ExclamationTriangleIcon key="i" />],
  converting: ['blue', <SyncAltIcon key="i" />],
};

/** How an image stands: icon and word, never colour alone; the reason is one hover or focus away. */
export function Status({ row }: { row: Row }) {
  const [color, icon] = looks[row.state] ?? ['grey', <InfoCircleIcon key="i" />];
  if (row.state === 'downloading')
    return (
      <div className="bd-status">
        <Progress aria-label={`Download of ${row.name} ${row.arch}`} value={Math.floor(row.percent ?? 0)} size="sm" measureLocation="outside" />
        {row.why && <span className="bd-small bd-ellipsis">{row.why}</span>}
      </div>
    );
  const label = (
    <Tag color={color} icon={icon}>
      {stateWords[row.state] ?? row.state}
    </Tag>
  );
  return (
    <div className="bd-status">
      {row.why && row.state !== 'ready' ? (
        <Hint text={row.whyCode ? `${row.why} (${row.whyCode})` : row.why}>
          <span tabIndex={0} role="note" aria-label={`${stateWords[row.state] ?? row.state}: ${row.why}`} className="bd-focusable">
            {label}
          </span>
        </Hint>
      ) : (
        label
      )}
      {row.state === 'retrying' && row.retryAt && <span className="bd-small">Next try {ago(row.retryAt)}</span>}
      {row.state === 'failed' && row.version && <span className="bd-small">{row.version} stays in use</span>}
      {row.state === 'upload-incomplete' && row.percent !== undefined && <span className="bd-small">{Math.floor(row.percent)} % received</span>}
    </div>
  );
}
