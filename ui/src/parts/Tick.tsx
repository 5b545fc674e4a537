interface Props {
  name: string;
  /** Null for some of them. */
  on: boolean | null;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

/** A checkbox of a list: as plain markup, because long lists have many. */
export const Tick = ({ name, on, disabled, onChange }: Props) => (
  <div className="pf-v6-c-check pf-m-standalone">
    <input
      type="checkbox"
      className="pf-v6-c-check__input"
      aria-label={name}
      checked={on === true}
      disabled={disabled}
      ref={(input) => {
        if (input) input.indeterminate = on === null;
      }}
      onChange={(e) => onChange(e.target.checked)}
    />
  </div>
);
