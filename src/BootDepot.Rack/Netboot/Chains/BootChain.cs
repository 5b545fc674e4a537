using System;
using System.Collections.Generic;
using System.Net;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Rack.Netboot.Loaders;
using BootDepot.Rack.Netboot.Scripts;

namespace BootDepot.Rack.Netboot.Chains;

/// <summary>
/// One machine's way from firmware to system, as far as it got. Its requests come one after the other from one address; the
/// lock is for those that do not.
/// </summary>
internal sealed class BootChain
{
    // A chain has some twenty requests; a machine that loops has no more steps than this kept.
    private const int MaxSteps = 200;

    private readonly System.Threading.Lock _lock = new();
    private readonly IPAddress _address;
    private readonly DateTimeOffset _started;
    private readonly Guid _id;
    private readonly List<BootStep> _steps = [];
    private readonly HashSet<Digest> _needs = [];
    private MacAddress? _machine;
    private string? _image;
    private BootMode? _mode;
    private string _result = "booting";
    private Fault? _reason;
    private DateTimeOffset _ended;

    /// <summary>A chain that begins now.</summary>
    public BootChain(IPAddress address, DateTimeOffset started)
    {
        (_address, _started, _ended) = (address, started, started);
        _id = Guid.CreateVersion7(started);
    }

    /// <summary>The machine, once a request told it.</summary>
    public MacAddress? Machine
    {
        get
        {
            lock (_lock)
                return _machine;
        }
    }

    /// <summary>The boot loaders that it began with and stays with.</summary>
    public LoaderSet? Loaders { get; set; }

    /// <summary>The file that its firmware began with.</summary>
    public string? FirstLoader { get; set; }

    /// <summary>Whether a script told the machine what to do; what firmware asks for after that is another boot.</summary>
    public bool IsDecided
    {
        get
        {
            lock (_lock)
                return _mode is not null;
        }
    }

    /// <summary>When its last request ended.</summary>
    public DateTimeOffset Ended
    {
        get
        {
            lock (_lock)
                return _ended;
        }
    }

    /// <summary>A request told which machine it is.</summary>
    public void Told(MacAddress machine)
    {
        lock (_lock)
            _machine = machine;
    }

    /// <summary>A script said what the machine does.</summary>
    public void Decided(BootMode mode, BootPlan plan)
    {
        lock (_lock)
        {
            _mode = mode;
            _needs.Clear();
            switch (plan)
            {
                case LinuxPlan linux:
                    _image = linux.Image;
                    _needs.UnionWith(linux.Needs);
                    _result = "booting";
                    break;
                case LocalPlan:
                    _result = "local";
                    break;
                case MenuPlan:
                    _result = "menu";
                    break;
                case FailedPlan failed:
                    (_result, _reason) = ("failed", failed.Fault);
                    break;
            }
        }
    }

    /// <summary>
    /// A request of it ended. After a menu the files tell what was chosen.
    /// </summary>
    /// <returns>Whether the result changed.</returns>
    public bool Add(BootStep step, DateTimeOffset ended, bool isWhole, string? image)
    {
        lock (_lock)
        {
            if (_steps.Count < MaxSteps)
                _steps.Add(step);
            _ended = ended;
            var before = _result;
            if (_result == "menu" && step.Kind is "kernel" or "initrd" or "root" && image is not null)
                _image = image;
            if (isWhole && step.Digest is { } digest && _needs.Remove(digest) && _needs.Count == 0 && _result == "booting")
                _result = _mode == BootMode.Install ? "installing" : "booted";
            return before != _result;
        }
    }

    /// <summary>The installer said how it went.</summary>
    public void Ends(string result, Fault? reason, DateTimeOffset at)
    {
        lock (_lock)
            (_result, _reason, _ended) = (result, reason, at);
    }

    /// <summary>Nothing came for long: a chain that had not arrived has failed.</summary>
    public void GivesUp()
    {
        lock (_lock)
        {
            if (_result is not ("booting" or "installing"))
                return;
            var last = _steps.Count == 0 ? "nothing" : _steps[^1].Path;
            _reason = new Fault(
                "boot-chain-stopped",
                $"The machine asked for {last} and then for nothing more. Look at its console.");
            _result = "failed";
        }
    }

    /// <summary>What there is to tell of it now.</summary>
    public BootRecord ToRecord()
    {
        lock (_lock)
        {
            return new BootRecord
            {
                Id = _id,
                Machine = _machine,
                Address = _address.ToString(),
                Started = _started,
                Ended = _ended,
                Image = _image,
                Mode = _mode,
                Result = _result,
                Reason = _reason,
                Steps = [.. _steps],
            };
        }
    }
}
