import { useIsMutating, useMutation } from '@tanstack/react-query';
import * as api from '../api/client';
import { useToast } from '../parts/toasts';

const key = ['stop-import'];

/** Stops the running import; the answer comes when it has ended. */
export function useStop() {
  const toast = useToast();
  return useMutation({
    mutationKey: key,
    mutationFn: () => api.post('imports/op-stop'),
    onSuccess: () => toast('info', 'Import stopped', 'What was fetched stays; the next import goes on from there.'),
    onError: (e) => toast('danger', 'The import could not be stopped', e.message),
  });
}

/** Whether it was asked to stop and has not ended yet. */
export const useIsStopping = () => useIsMutating({ mutationKey: key }) > 0;
