using System;

namespace BootDepot.Rack.Netboot.Tftp.Sending;

/// <summary>
/// How long an answer is awaited: what answers took so far, smoothed, and four times their variation (RFC 6298, with TFTP's
/// limits). All times in microseconds.
/// </summary>
internal sealed class RetransmitTimer
{
    private readonly long _shortest;
    private readonly long _longest;
    private long _smoothed;
    private long _variation;

    public RetransmitTimer(TftpOptions options, TimeSpan? clientsOwn)
    {
        _shortest = Microseconds(options.ShortestRetransmit);
        _longest = Math.Max(_shortest, Microseconds(clientsOwn ?? options.LongestRetransmit));
        Wait = Math.Clamp(Microseconds(options.FirstRetransmit), _shortest, _longest);
    }

    /// <summary>How long to wait.</summary>
    public long Wait { get; private set; }

    /// <summary>An answer took so long. Not to be told of blocks that were sent twice (Karn's rule).</summary>
    public void Measured(long took)
    {
        if (_smoothed == 0)
        {
            _smoothed = Math.Max(1, took);
            _variation = took / 2;
        }
        else
        {
            _variation += (Math.Abs(_smoothed - took) - _variation) / 4;
            _smoothed = Math.Max(1, _smoothed + ((took - _smoothed) / 8));
        }

        Wait = Math.Clamp(_smoothed + (4 * _variation), _shortest, _longest);
    }

    /// <summary>No answer came: the next one is awaited twice as long.</summary>
    public void BackOff() => Wait = Math.Min(Wait * 2, _longest);

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
