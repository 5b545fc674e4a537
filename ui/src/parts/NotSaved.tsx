import { Alert } from '@patternfly/react-core';
import type { ApiError } from '../api/client';

/** Why nothing was saved, where no field of the form can say it. */
export const NotSaved = ({ error, fields }: { error: ApiError | null; fields: string[] }) =>
  error && !fields.some((f) => f in error.fields) ? (
    <Alert isInline variant="danger" title="Not saved">
      {error.message}
    </Alert>
  ) : null;
