import { Button, type ButtonProps } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { Hint } from './Hint';

/** A button that says why it is disabled: it stays focusable, so that the reason can be read. */
export function Act({ reason, ...props }: ButtonProps & { reason?: string }) {
  const button = <Button {...props} isAriaDisabled={!!reason || props.isAriaDisabled} />;
  return reason ? <Hint text={reason}>{button}</Hint> : button;
}

/** The same for each line of a long list: only an icon, as plain markup. */
export function IconAct({ reason, name, icon, onClick }: { reason?: string; name: string; icon: ReactNode; onClick: () => void }) {
  const button = (
    <button
      type="button"
      className={`pf-v6-c-button pf-m-plain${reason ? ' pf-m-aria-disabled' : ''}`}
      aria-label={name}
      aria-disabled={!!reason}
      onClick={reason ? undefined : onClick}
    >
      <span className="pf-v6-c-button__icon">{icon}</span>
    </button>
  );
  return reason ? <Hint text={reason}>{button}</Hint> : button;
}
