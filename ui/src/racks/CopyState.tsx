import { Progress } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { RackDetail } from '../api/client';
import { Tag, type TagColor } from '../parts/Tag';
import { bytes } from '../parts/text';

type Copy = RackDetail['images'][number];

const colors: Record<string, TagColor> = { synced: 'green', 'on-demand': 'green', syncing: 'blue', failed: 'red' };
const words: Record<string, string> = { waiting: 'waiting for its time window' };

/** How much of a version a rack holds. */
export const heldOf = (copy: Copy) => `${copy.bytes_held ? bytes(copy.bytes_held) : '0 B'} of ${bytes(copy.bytes)}`;

/** How a version stands on a rack, and why. */
export function CopyState({ copy, name, children }: { copy: Copy; name: string; children?: ReactNode }) {
  return (
    <>
      <Tag color={colors[copy.state]}>{words[copy.state] ?? copy.state}</Tag> {children}
      {copy.state === 'syncing' && copy.bytes > 0 && (
        <Progress aria-label={`Copy of ${name}`} size="sm" value={Math.floor((copy.bytes_held / copy.bytes) * 100)} />
      )}
      {copy.message && (
        <span className="bd-small">
          {copy.message} <span className="bd-code">{copy.code}</span>
        </span>
      )}
    </>
  );
}
