using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Rack.Holding;
using BootDepot.Rack.Netboot.Chains;
using BootDepot.Rack.Netboot.Images;
using BootDepot.Rack.Netboot.Install;
using BootDepot.Rack.Netboot.Loaders;
using BootDepot.Rack.Netboot.Scripts;

namespace BootDepot.Rack.Netboot.Routing;

/// <summary>An answer, and what it is part of.</summary>
/// <param name="Answer">What is sent.</param>
/// <param name="Chain">The machine's chain.</param>
/// <param name="Image">The image that the file belongs to, for the boot log; null for others.</param>
internal sealed record Routed(NetbootAnswer Answer, BootChain Chain, string? Image = null);

/// <summary>
/// The one way from a path to bytes, behind TFTP and HTTP alike. In this order: boot scripts, files by digest, files of the tree
/// (<c>os/arch/subarch/release/label/file</c>), boot loaders.
/// </summary>
internal sealed class RouteChain(
    ImageShelf shelf,
    LoaderShelf loaders,
    InstallerShelf installers,
    InstallReports reports,
    BootAssignments assignments,
    RackContent content,
    BootChains chains,
    NetbootOptions options)
{
    private const int TreeDepth = 6;

    /// <summary>What a request comes to.</summary>
    public async Task<Routed> ResolveAsync(NetbootRequest request, CancellationToken cancel)
    {
        var (path, type, arch) = StripPrefixes(request.Path);
        if (ScriptName.ParseOrNull(path) is { } script)
            return await ScriptAsync(request, script, cancel);
        var segments = path.Split('/');
        if (Digest.TryParse(segments[0], out var digest))
            return await ByDigestAsync(request, digest, cancel);
        if (segments.Length == TreeDepth && shelf.Current.FileOrNull(path) is { } held)
            return OfImage(request, held);
        if (segments.Length == 1 && SafeName.IsSafe(path))
            return await LoaderAsync(request, path, type, arch, cancel);
        return Missing(request, $"This rack has no '{request.Path}'.");
    }

    /// <summary>
    /// Drops what stands in front of a name because of where a loader came from: a client puts the folder (or DHCP's path
    /// prefix) of its loader in front of everything it asks for.
    /// </summary>
    private static (string Path, string? Type, string? Arch) StripPrefixes(string path)
    {
        var (type, arch) = ((string?)null, (string?)null);
        while (true)
        {
            var segments = path.Split('/');
            if (segments is ["images" or "ppc64el" or "s390x" or "syslinux", _, ..] && segments.Length != TreeDepth)
                path = path[(segments[0].Length + 1)..];
            else if (segments is ["images" or "ppc64el" or "s390x", "grub" or "pxelinux.cfg" or "images" or "bootloader", ..])
                path = path[(segments[0].Length + 1)..];
            else if (segments is ["bootloader", var t, var a, _, ..])
                (type, arch, path) = (t, a, string.Join('/', segments[3..]));
            else
                return (path, type, arch);
        }
    }

    private async Task<Routed> ScriptAsync(NetbootRequest request, ScriptName name, CancellationToken cancel)
    {
        // An iPXE in the firmware begins with its script, without a loader from here.
        var chain = chains.For(request.Client, isFirst: name is { IsEntry: true, Dialect: ScriptDialect.Ipxe });
        if (name.Machine is { } told)
            chain.Told(told);
        if (name.IsEntry)
            return new(new TextAnswer(name.Dialect == ScriptDialect.Ipxe ? IpxeScript.Entry : GrubScript.Entry), chain);
        if (name is { Machine: null, Arch: null })
            return new(new MissingAnswer("No script has that name; the next name in the loader's list may have one."), chain);

        var machine = name.Machine ?? chain.Machine;
        var assignment = assignments.For(machine, name.Arch);
        // A machine that is not known goes on to the script of its architecture.
        if (name.Machine is not null && assignment.Machine is null)
            return new(new MissingAnswer($"{name.Machine} has no assignment of its own; ask for the default of its architecture."), chain);

        return new(await TextAsync(request, name, chain, machine, reports.Afterwards(machine, assignment), cancel), chain);
    }

    private async Task<TextAnswer> TextAsync(
        NetbootRequest request, ScriptName name, BootChain chain, MacAddress? machine, BootAssignment assignment, CancellationToken cancel)
    {
        var arch = name.Arch ?? (chain.FirstLoader is { } first && first.Contains("aa64", StringComparison.Ordinal) ? "arm64" : "amd64");
        var planner = new BootPlanner(
            shelf.Current, arch, machine, await installers.ForOrNullAsync(arch, cancel), options, reports.Token);
        var plan = planner.Plan(assignment);
        chain.Decided(assignment.Mode, plan);
        return new TextAnswer(name.Dialect switch
        {
            ScriptDialect.Ipxe => IpxeScript.Write(plan, options.MenuTime),
            ScriptDialect.Grub => GrubScript.Write(plan, options.MenuTime),
            _ => PxelinuxScript.Write(plan, options.MenuTime, PxelinuxFiles(request, chain)),
        });
    }

    /// <summary>
    /// lpxelinux.0 fetches by HTTP, which is many times quicker; pxelinux.0 cannot. Without knowing which one it is, TFTP
    /// always works.
    /// </summary>
    private string PxelinuxFiles(NetbootRequest request, BootChain chain) =>
        request.Protocol == NetbootProtocol.Http || chain.FirstLoader == "lpxelinux.0"
            ? options.Advertise.GetLeftPart(UriPartial.Path).TrimEnd('/')
            : "";

    private async Task<Routed> ByDigestAsync(NetbootRequest request, Digest digest, CancellationToken cancel)
    {
        if (shelf.Current.FileOrNull(digest) is { } held)
            return OfImage(request, held);
        if (installers.FileOrNull(digest) is { } installer)
            return new(new FileAnswer(installer.Path.EndsWith("kernel", StringComparison.Ordinal) ? "kernel" : "initrd", installer), Chain(request));
        // Of a version that was replaced while the machine was booting: served as long as its bytes are here.
        await using var bytes = await content.OpenOrNullAsync(digest, 0, cancel);
        return bytes is null
            ? Missing(request, $"This rack does not hold {digest}.")
            : new(new FileAnswer("other", new HeldFile(digest, bytes.Length, content)), Chain(request));
    }

    private Routed OfImage(NetbootRequest request, ShelfFile held) => new(
        new FileAnswer(BootParts.KindOf(held.File), new HeldFile(held.File.Digest, held.File.Size, content)),
        Chain(request),
        BootParts.Describe(held.Image));

    private async Task<Routed> LoaderAsync(NetbootRequest request, string name, string? type, string? arch, CancellationToken cancel)
    {
        var isFirst = LoaderSet.IsFirst(name);
        var chain = chains.For(request.Client, isFirst);
        var stays = isFirst ? null : chain.Loaders;
        if (stays?.Files.TryGetValue(name, out var known) is true)
            return new(new FileAnswer("loader", known), chain);
        var set = (await loaders.SetsAsync(cancel)).FirstOrDefault(s =>
            s.Files.ContainsKey(name) && (type is null || s.Type is null || s.Type == type) && (arch is null || s.Arch is null || s.Arch == arch));
        // What follows a shim comes from the shim's set or not at all; it may refuse another version's signature.
        if (set is null || (stays is not null && name.EndsWith(".efi", StringComparison.Ordinal)))
            return new(new MissingAnswer($"There is no boot loader '{name}' here: import one from a stream, or put it into the rack's loader folder."), chain);
        if (isFirst)
            (chain.Loaders, chain.FirstLoader) = (set, name);
        return new(new FileAnswer("loader", set.Files[name]), chain);
    }

    private BootChain Chain(NetbootRequest request) => chains.For(request.Client, isFirst: false);

    private Routed Missing(NetbootRequest request, string reason) => new(new MissingAnswer(reason), Chain(request));
}
