using System;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Testing;

/// <summary>
/// What a program on this machine has not yet read of what was sent to it over TCP (IPv4): the kernel keeps that for it, and it is
/// lost when the program is killed. From <c>/proc/net/tcp</c>, see proc_pid_net(5).
/// </summary>
public static class Unread
{
    /// <summary>Waits until the program has read everything, or the connection is no more.</summary>
    /// <param name="port">The program's port.</param>
    /// <param name="peer">The port of who sends to it.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task EmptiedAsync(int port, int peer, CancellationToken cancel)
    {
        var ends = string.Create(CultureInfo.InvariantCulture, $":{port:X4} 0100007F:{peer:X4} ");
        while (await IsFullAsync(ends, cancel))
            await Task.Delay(1, cancel);
    }

    private static async Task<bool> IsFullAsync(string ends, CancellationToken cancel)
    {
        // "  0: 0100007F:9F6B 0100007F:1F90 01 00000000:0001A2B3 …": ends, state, what it has yet to send : what it has yet to read.
        await foreach (var line in File.ReadLinesAsync("/proc/net/tcp", cancel))
        {
            var at = line.IndexOf(ends, StringComparison.Ordinal);
            if (at >= 0)
                return line.AsSpan(at + ends.Length).TrimStart() is var rest && rest[12..20] is not "00000000";
        }

        return false;
    }
}
