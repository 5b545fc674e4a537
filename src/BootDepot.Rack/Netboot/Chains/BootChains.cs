using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Net;
using BootDepot.Images;
using BootDepot.Images.Booting;

namespace BootDepot.Rack.Netboot.Chains;

/// <summary>
/// The chains under way, by the machine's address. A chain is handed on as a record when a script decided, when its result
/// changes and when it is over; of one chain several records with one identity, the last of which counts.
/// </summary>
internal sealed class BootChains(TimeProvider clock, Action<BootRecord> sink)
{
    /// <summary>After so long without a request a chain is over.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    // An address costs a few kilobytes; a site has fewer machines that boot at once.
    private const int MaxChains = 20_000;

    private readonly ConcurrentDictionary<IPAddress, BootChain> _chains = new();

    /// <summary>The chain that a request belongs to.</summary>
    /// <param name="client">The machine's address.</param>
    /// <param name="isFirst">Whether it is what firmware begins with.</param>
    public BootChain For(IPAddress client, bool isFirst)
    {
        var now = clock.GetUtcNow();
        if (_chains.TryGetValue(client, out var chain) && now - chain.Ended < Idle && !(isFirst && chain.IsDecided))
            return chain;
        if (_chains.Count >= MaxChains)
            Sweep();
        var begun = _chains[client] = new BootChain(client, now);
        if (chain is not null)
            End(chain); // the machine began anew
        return begun;
    }

    /// <summary>The chain of a machine that is under way; null when there is none.</summary>
    public BootChain? FindOrNull(MacAddress machine) =>
        _chains.Values.Where(c => c.Machine == machine).MaxBy(c => c.Ended);

    /// <summary>A request ended.</summary>
    public void Add(BootChain chain, BootStep step, bool isWhole, string? image)
    {
        var changed = chain.Add(step, clock.GetUtcNow(), isWhole, image);
        // A script is what a decision shows by.
        if (changed || (step.Kind == "script" && chain.IsDecided))
            Tell(chain);
    }

    /// <summary>The installer of a machine said how it went.</summary>
    public void Ends(BootChain chain, string result, Fault? reason)
    {
        chain.Ends(result, reason, clock.GetUtcNow());
        Tell(chain);
    }

    /// <summary>Ends chains that no request came for.</summary>
    public void Sweep()
    {
        var now = clock.GetUtcNow();
        foreach (var (client, chain) in _chains)
        {
            if (now - chain.Ended < Idle || !_chains.TryRemove(new(client, chain)))
                continue;
            End(chain);
        }
    }

    private void End(BootChain chain)
    {
        chain.GivesUp();
        Tell(chain); // with the requests since its result last changed
    }

    private void Tell(BootChain chain) => sink(chain.ToRecord());
}
