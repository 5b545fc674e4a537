import type { ReactNode } from 'react';

/** The head of a column: its words alone, or those of one whose numbers stand right, of the buttons, or of one that shows none. */
type Column = string | { kind: 'num' | 'acts' | 'hidden'; text: string };

export const num = (text: string): Column => ({ kind: 'num', text });
export const acts: Column = { kind: 'acts', text: 'Actions' };
export const hidden = (text: string): Column => ({ kind: 'hidden', text });

/** A short table, which scrolls by itself where it is too wide. */
export function Table({ label, columns, children }: { label: string; columns: Column[]; children: ReactNode }) {
  return (
    <div className="bd-scroll" tabIndex={0}>
      <table className="bd-table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => {
              const { kind, text } = typeof column === 'string' ? { kind: undefined, text: column } : column;
              return (
                <th key={text} scope="col" className={kind === 'num' || kind === 'acts' ? `bd-${kind}` : undefined}>
                  {kind === 'hidden' ? <span className="bd-hidden">{text}</span> : text}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
