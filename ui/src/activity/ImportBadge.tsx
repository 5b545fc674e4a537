import { Progress } from '@patternfly/react-core';
import { Link } from 'react-router-dom';
import { useLive } from '../api/queries';
import { bytes } from '../parts/text';

/** In the head of every screen: what the running import does. */
export function ImportBadge() {
  const run = useLive().import;
  if (!run || run.phase === 'ended') return null;
  const share = run.planned_bytes ? Math.floor((run.received_bytes / run.planned_bytes) * 100) : 0;
  const words = { reading: 'Reading sources', planning: 'Planning', fetching: 'Importing', retiring: 'Clearing up' }[run.phase] ?? run.phase;
  return (
    <Link to={`/activity/imports/${run.id}`} className="bd-badge" title={`${bytes(run.received_bytes)} of ${bytes(run.planned_bytes)}`}>
      <span>{words}</span>
      {run.phase === 'fetching' && <Progress aria-label="Import" value={share} measureLocation="outside" size="sm" />}
    </Link>
  );
}
