import type { ReactNode } from 'react';

export type TagColor = 'green' | 'blue' | 'red' | 'orange' | 'grey';

interface Props {
  color?: TagColor;
  filled?: boolean;
  icon?: ReactNode;
  children: ReactNode;
}

/**
 * PatternFly's compact label as plain markup: the component measures its text and listens to the whole document, which with a list full
 * of them costs more than everything else of the list.
 */
export function Tag({ color = 'grey', filled, icon, children }: Props) {
  return (
    <span className={`pf-v6-c-label pf-m-compact${filled ? ' pf-m-filled' : ' pf-m-outline'}${color === 'grey' ? '' : ` pf-m-${color}`}`}>
      <span className="pf-v6-c-label__content">
        {icon && <span className="pf-v6-c-label__icon">{icon}</span>}
        <span className="pf-v6-c-label__text">{children}</span>
      </span>
    </span>
  );
}
