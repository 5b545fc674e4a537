using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.FileSystems;
using BootDepot.DiskImages.Identify.Views;

namespace BootDepot.DiskImages.Identify.Containers;

/// <summary>Tells what a tar archive is for: one disk, a root file system, an appliance, or something else.</summary>
internal sealed class TarProbe(ByteView view, InspectionBudget budget, int level)
{
    private const string Looks = "tar";
    private const int MaxAppliances = 16;
    private const int NamesToShow = 3;
    private const int EnoughTopFolders = 3;

    // Reading on only to find a program's architecture stops here.
    private const int HeadersForArchitecture = 4000;

    private readonly List<TarMember> _files = [];
    private readonly List<string> _names = [];
    private readonly HashSet<string> _topFolders = new(StringComparer.Ordinal);
    private string? _flavour;
    private string? _arch;
    private int _headers;
    private bool _ended;
    private bool _sawSparse;

    /// <summary>Whether the bytes begin with a header.</summary>
    public static bool Matches(ReadOnlySpan<byte> start) => TarHeader.ParseOrNull(start) is not null;

    public async Task<Found> ReadAsync(CancellationToken token)
    {
        if (await WalkAsync(token) is { } broken)
            return broken;
        return new TarFound(_flavour ?? "ustar", MemberName, await InnerAsync(token));
    }

    private bool IsRootTree => _topFolders.Count >= EnoughTopFolders;

    // Of a root file system often no more than one folder with a large kernel in it has come.
    private bool IsStartOfRootTree => budget.IsStart && _topFolders.Count > 0;

    private bool IsAppliance => _files.Count > 1 && _files.Exists(f => IsDescriptor(f.Name));

    private string? MemberName => !IsRootTree && _files is [var only] ? only.Name : null;

    private async Task<Found> InnerAsync(CancellationToken token)
    {
        if (IsRootTree)
            return new RootTreeFound(_arch);
        if (IsAppliance)
            return await ApplianceAsync(token);
        if (_files is not [var only])
            return IsStartOfRootTree ? new RootTreeFound(_arch) : new OtherFilesFound(_names);
        if (_sawSparse)
            return new UnknownFound("a member in GNU tar's sparse form, which is not looked into");
        var inner = await Inspection.LookAsync(Content(only), budget, level + 1, token);
        if (IsStartOfRootTree && inner is not (RawDiskFound or VirtualDiskFound))
            return new RootTreeFound(_arch);
        // Behind a small member another one may come, and behind a disk the footer that makes it a fixed VHD.
        if (budget.IsStart && (only.Size <= budget.Limits.TarLookBehind || EarlySigns.MayBeFixedVhd(only.Size)))
            return new UnknownFound("a member whose end has not come");
        return inner is UnknownFound or ScriptFound && !_ended ? new OtherFilesFound(_names) : inner;
    }

    private async Task<Found> ApplianceAsync(CancellationToken token)
    {
        var disks = new List<ApplianceDisk>();
        string? descriptor = null;
        foreach (var file in _files)
        {
            if (IsDescriptor(file.Name))
            {
                descriptor ??= file.Name;
                continue;
            }

            if (disks.Count == MaxAppliances || file.Name.EndsWith(".mf", StringComparison.OrdinalIgnoreCase) || file.Name.EndsWith(".cert", StringComparison.OrdinalIgnoreCase))
                continue;
            var content = await Inspection.LookAsync(Content(file), budget, level + 1, token);
            if (content is RawDiskFound or VirtualDiskFound or DamagedFound or CompressedFound)
                disks.Add(new ApplianceDisk(file.Name, content, file.Size));
        }

        return new ApplianceFound(descriptor!, disks);
    }

    private static bool IsDescriptor(string name) => name.EndsWith(".ovf", StringComparison.OrdinalIgnoreCase);

    private SliceView Content(TarMember file) => new(view, file.Offset, file.Size);

    // Goes through the headers until it is clear what the archive is; damage ends it.
    private async Task<Found?> WalkAsync(CancellationToken token)
    {
        var at = 0L;
        var pax = new PaxRecord(null, null, false);
        string? longName = null;
        while (_headers < budget.Limits.TarHeaders && !(IsRootTree && (_arch is not null || _headers > HeadersForArchitecture)))
        {
            var block = await view.ReadUpToAsync(at, TarHeader.Block, token);
            if (block.Length < TarHeader.Block)
                return EndOrCut(at);
            if (!block.AsSpan().ContainsAnyExcept((byte)0))
            {
                _ended = true;
                return null;
            }

            if (TarHeader.ParseOrNull(block) is not { } header)
                return Damage.Of(Looks, $"the header at byte {at} has a wrong checksum");
            _headers++;
            _flavour = header.Flavour == "pax" || _flavour is null ? header.Flavour : _flavour;
            var data = at + TarHeader.Block;
            if (header.IsPaxRecord || header.IsGnuName || header.IsGnuLink)
            {
                if (header.Size > budget.Limits.TarExtensionBytes)
                    return Damage.Of(Looks, $"it has a name or attribute record of {header.Size} bytes");
                var bytes = await view.ReadUpToAsync(data, (int)header.Size, token);
                if (header.IsPaxRecord && header.Type != 'g')
                    pax = PaxRecord.Parse(bytes);
                else if (header.IsGnuName)
                    longName = System.Text.Encoding.UTF8.GetString(bytes).TrimEnd('\0');
                at = TarHeader.After(data, header.Size);
                continue;
            }

            var member = new TarMember(longName ?? pax.Path ?? header.Name, data, pax.Size ?? header.Size);
            _sawSparse |= pax.IsSparse || header.IsGnuSparse;
            if (view.Length is { } length && member.Size > length - member.Offset)
                return Damage.Truncated(Looks, $"its member '{Shown(member.Name)}' ends beyond the end of the file");
            await NoteAsync(member, header, token);
            // The map of a GNU sparse member may go on in further blocks, so what follows is not where it seems.
            if (header.IsGnuSparse || (view.Length is null && member.Size > budget.Limits.TarLookBehind))
                return null;
            at = TarHeader.After(data, member.Size);
            (pax, longName) = (new PaxRecord(null, null, false), null);
        }

        return null;
    }

    // The two blocks of zeros at the end are often missing; tools accept that between members.
    private DamagedFound? EndOrCut(long at)
    {
        if (view.Length is { } length && at > length)
            return Damage.Truncated(Looks, "the last member is cut off");
        _ended = view.Length is not null;
        return null;
    }

    private async Task NoteAsync(TarMember member, TarHeader header, CancellationToken token)
    {
        var path = member.Name.StartsWith("./", StringComparison.Ordinal) ? member.Name[2..] : member.Name;
        path = path.TrimStart('/');
        if (_names.Count < NamesToShow && path.Length > 0)
            _names.Add(Shown(path));
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if ((slash > 0 || header.Type is '5' or '2') && IsTopFolder(slash < 0 ? path : path[..slash]))
            _topFolders.Add(slash < 0 ? path : path[..slash]);
        if (!header.IsFile && !header.IsGnuSparse)
            return;
        // Two are enough to know that it is not one; an appliance has a few more.
        if (_files.Count < MaxAppliances * 2)
            _files.Add(member);
        if (_arch is null && member.Size > 64 && slash > 0 && IsTopFolder(path[..slash]))
            _arch = ElfProgram.ArchitectureOrNull(await view.ReadUpToAsync(member.Offset, 64, token));
    }

    private static bool IsTopFolder(string name) =>
        name is "bin" or "boot" or "dev" or "etc" or "home" or "lib" or "lib64" or "opt" or "proc" or "root" or "run" or "sbin" or "srv"
            or "sys" or "tmp" or "usr" or "var" or "mnt" or "media" or "curtin";

    private static string Shown(string name) =>
        string.Create(
            Math.Min(name.Length, 80),
            name,
            (span, text) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
            }
        );

    private sealed record TarMember(string Name, long Offset, long Size);
}
