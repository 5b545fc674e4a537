import { Button, Tooltip, type ButtonProps } from '@patternfly/react-core';

/** A button that says why it is disabled: it stays focusable, so that the reason can be read. */
export function Act({ reason, ...props }: ButtonProps & { reason?: string }) {
  const button = <Button {...props} isAriaDisabled={!!reason || props.isAriaDisabled} />;
  return reason ? <Tooltip content={reason}>{button}</Tooltip> : button;
}
