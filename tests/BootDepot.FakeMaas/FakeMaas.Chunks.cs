using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace BootDepot.FakeMaas;

public sealed partial class FakeMaas
{
    private readonly Dictionary<long, int> _tries = [];
    private int _chunks;

    private async Task ReceiveChunkAsync(HttpContext context, string path)
    {
        var parts = path[Api.Length..].TrimEnd('/').Split('/');
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var recorded = new RecordedRequest("PUT", path, "", headers, [], []);
        Requests.Enqueue(recorded);
        if (Intercept is { } intercept && await intercept(context))
            return;
        var file = Resources.FirstOrDefault(r => r.Id.ToString(CultureInfo.InvariantCulture) == parts[1])?
            .Sets.SelectMany(s => s.Files).FirstOrDefault(f => f.Id.ToString(CultureInfo.InvariantCulture) == parts[3]);
        if (Denied(recorded) is { } denied)
        {
            await SayAsync(context, denied.Status, denied.Body);
            return;
        }

        if (file is null)
        {
            await SayAsync(context, 404, "No BootResourceFile matches the given query.");
            return;
        }

        var length = context.Request.ContentLength ?? 0;
        int number, attempt;
        lock (_gate)
        {
            // A chunk that starts where the last one did is another try of it.
            if (!_tries.TryGetValue(file.Received, out attempt) && _tries.Count > 0)
                _chunks++;
            number = _chunks;
            _tries[file.Received] = attempt + 1;
        }

        var fault = ChunkFaults(number, attempt);
        var keep = fault switch
        {
            ChunkFault.CutHalfway => length / 2,
            ChunkFault.None or ChunkFault.LostReply => length,
            _ => 0,
        };
        if (!await TakeAsync(context, file, keep))
            return;
        switch (fault)
        {
            case ChunkFault.Busy:
                context.Response.Headers.RetryAfter = "0";
                await SayAsync(context, 503, "Busy.");
                return;
            case ChunkFault.Full:
                await SayAsync(context, 400, "No space left on device");
                return;
            case ChunkFault.InsufficientStorage:
                await SayAsync(context, 507, "Full.");
                return;
            case ChunkFault.Created:
                await SayAsync(context, 201, "OK");
                return;
            case ChunkFault.CutBefore or ChunkFault.CutHalfway or ChunkFault.LostReply:
                context.Abort();
                return;
            default:
                await SayAsync(context, 200, "OK");
                return;
        }
    }

    private async Task<bool> TakeAsync(HttpContext context, FakeFile file, long keep)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            long seen = 0;
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                var take = (int)Math.Min(read, Math.Max(0, keep - seen));
                seen += read;
                if (take == 0)
                    continue;
                if (file.Complete || file.Received + take > file.Size)
                {
                    await SayAsync(context, 400, file.Complete ? "Cannot upload to a complete file." : "Too much data received.");
                    return false;
                }

                file.Hash.AppendData(buffer, 0, take);
                if (KeepContent)
                    file.Content.Write(buffer, 0, take);
                file.Received += take;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (file.Received < file.Size || file.Complete)
            return true;
        file.Complete = Convert.ToHexStringLower(file.Hash.GetHashAndReset()) == file.Sha256;
        if (file.Complete)
            return true;
        file.Received = 0;
        file.Content.SetLength(0);
        await SayAsync(context, 400, "Saved content does not match given SHA256 value.");
        return false;
    }

    private static async Task SayAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));
    }
}
