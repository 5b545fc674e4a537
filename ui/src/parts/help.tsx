import { FormHelperText, HelperText, HelperTextItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { ApiError } from '../api/client';

/** What stands below a field: what the server found wrong with it, or else what it is for. */
export const helpOf = (error: ApiError | null) => (field: string, text?: ReactNode) => {
  const wrong = error?.fields[field];
  return (
    (wrong || text) && (
      <FormHelperText>
        <HelperText>
          <HelperTextItem variant={wrong ? 'error' : 'default'}>{wrong ? `Error: ${wrong}` : text}</HelperTextItem>
        </HelperText>
      </FormHelperText>
    )
  );
};

/** How PatternFly's inputs call a field that the server refused, and one that it did not. */
export const validity = (error: ApiError | null, field: string) => (error?.fields[field] ? 'error' : 'default');
