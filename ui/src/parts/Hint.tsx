import { Tooltip } from '@patternfly/react-core';
import { useCallback, useRef, useState, type ReactNode } from 'react';

/** Says more about what it stands around while that is pointed at or focused. Until then it costs nothing: lists have hundreds. */
export function Hint({ text, children }: { text: string; children: ReactNode }) {
  const ref = useRef<HTMLSpanElement>(null);
  const [near, setNear] = useState(false);
  // Asked once more when it is gone already.
  const target = useCallback(() => (ref.current?.firstElementChild ?? null) as HTMLElement, []);
  return (
    <span
      ref={ref}
      className="bd-hint"
      onPointerEnter={() => setNear(true)}
      onPointerLeave={() => setNear(false)}
      onFocus={() => setNear(true)}
      onBlur={() => setNear(false)}
      onKeyDown={(e) => {
        if (e.key !== 'Escape' || !near) return;
        setNear(false);
        e.stopPropagation();
      }}
    >
      {children}
      {near && <Tooltip content={text} trigger="manual" isVisible triggerRef={target} entryDelay={0} />}
    </span>
  );
}
