import { Button, Title } from '@patternfly/react-core';
import { TimesIcon } from '@patternfly/react-icons';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

interface Props {
  title: string;
  /** Input that is not saved: closing asks first. */
  dirty?: boolean;
  wide?: boolean;
  onClose: () => void;
  footer: ReactNode;
  children: ReactNode;
}

/** The side panel in which things are made, changed and deleted, while the list stays visible. */
export function Panel({ title, dirty, wide, onClose, footer, children }: Props) {
  const id = useId();
  const ref = useRef<HTMLDivElement>(null);
  const close = () => {
    if (!dirty || confirm('Close without saving? What you entered is lost.')) onClose();
  };
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    ref.current?.querySelector<HTMLElement>('[data-first], input, select, textarea, button')?.focus();
    return () => opener?.focus();
  }, []);
  // Beside the page rather than in it, so that nothing of the page can lie over it.
  return createPortal(
    <div
      ref={ref}
      className={wide ? 'bd-panel bd-panel--wide' : 'bd-panel'}
      role="dialog"
      aria-labelledby={id}
      onKeyDown={(e) => {
        if (e.key === 'Escape' && !e.defaultPrevented) latest.current();
      }}
    >
      <div className="bd-panel__head">
        <Title headingLevel="h2" id={id}>
          {title}
        </Title>
        <Button variant="plain" aria-label="Close panel" icon={<TimesIcon />} onClick={close} />
      </div>
      <div className="bd-panel__body">{children}</div>
      <div className="bd-panel__foot">
        <Button variant="link" onClick={close}>
          Cancel
        </Button>
        {footer}
      </div>
    </div>,
    document.body,
  );
}
