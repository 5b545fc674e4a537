using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.DiskImages.Identify.Views;
using static System.Buffers.Binary.BinaryPrimitives;

namespace BootDepot.DiskImages.Identify.FileSystems;

/// <summary>Reads directories and the starts of files of a FAT file system (Microsoft's FAT specification of 2000).</summary>
internal sealed class FatVolume
{
    private readonly ByteView _view;
    private readonly InspectionBudget _budget;
    private readonly int _clusterSize;
    private readonly long _fatAt;
    private readonly long _rootAt;
    private readonly int _rootEntries;
    private readonly uint _rootCluster;
    private readonly long _dataAt;
    private readonly long _clusters;

    private FatVolume(ByteView view, InspectionBudget budget, byte[] boot)
    {
        _view = view;
        _budget = budget;
        var sector = ReadUInt16LittleEndian(boot.AsSpan(11));
        var fats = boot[16];
        var fatSectors16 = ReadUInt16LittleEndian(boot.AsSpan(22));
        long fatSectors = fatSectors16 != 0 ? fatSectors16 : ReadUInt32LittleEndian(boot.AsSpan(36));
        long total = ReadUInt16LittleEndian(boot.AsSpan(19)) is > 0 and var small ? small : ReadUInt32LittleEndian(boot.AsSpan(32));
        _clusterSize = boot[13] * sector;
        _fatAt = (long)ReadUInt16LittleEndian(boot.AsSpan(14)) * sector;
        _rootEntries = ReadUInt16LittleEndian(boot.AsSpan(17));
        _rootAt = _fatAt + (fats * fatSectors * sector);
        _dataAt = _rootAt + (((_rootEntries * 32L) + sector - 1) / sector * sector);
        _clusters = ((total * sector) - _dataAt) / _clusterSize;
        _rootCluster = _rootEntries == 0 ? ReadUInt32LittleEndian(boot.AsSpan(44)) : 0;
    }

    /// <summary>Whether the sector has the parameters of a FAT volume.</summary>
    public static bool Matches(ReadOnlySpan<byte> boot)
    {
        if (boot.Length < 512 || !(boot[0] == 0xeb || boot[0] == 0xe9) || boot[510] != 0x55 || boot[511] != 0xaa)
            return false;
        var sector = ReadUInt16LittleEndian(boot[11..]);
        var perCluster = boot[13];
        return sector is 512 or 1024 or 2048 or 4096
            && perCluster != 0
            && (perCluster & (perCluster - 1)) == 0
            && ReadUInt16LittleEndian(boot[14..]) != 0
            && boot[16] is 1 or 2
            && (boot[21] == 0xf0 || boot[21] >= 0xf8)
            && (ReadUInt16LittleEndian(boot[22..]) != 0 || ReadUInt32LittleEndian(boot[36..]) != 0);
    }

    /// <summary>Opens the volume, or null when it is none.</summary>
    public static async Task<FatVolume?> OpenOrNullAsync(ByteView view, InspectionBudget budget, CancellationToken token)
    {
        if (await view.ReadOrNullAsync(0, 512, token) is not { } boot || !Matches(boot))
            return null;
        var volume = new FatVolume(view, budget, boot);
        return volume._clusters > 0 ? volume : null;
    }

    /// <summary>The entries of the root directory.</summary>
    public Task<IReadOnlyList<FatEntry>> RootAsync(CancellationToken token) => ListAsync(_rootCluster, token);

    /// <summary>The entries of a directory.</summary>
    public Task<IReadOnlyList<FatEntry>> ListAsync(FatEntry directory, CancellationToken token) =>
        directory.Cluster < 2
            ? Task.FromResult<IReadOnlyList<FatEntry>>([]) // only ".." to the root may say 0
            : ListAsync(directory.Cluster, token);

    /// <summary>The first bytes of a file, from its first cluster only.</summary>
    public async Task<byte[]> StartOfAsync(FatEntry file, int count, CancellationToken token) =>
        file.Cluster < 2 || file.Cluster - 2 >= _clusters
            ? []
            : await _view.ReadUpToAsync(ClusterAt(file.Cluster), (int)Math.Min(Math.Min(count, file.Size), _clusterSize), token);

    private long ClusterAt(uint cluster) => _dataAt + ((cluster - 2L) * _clusterSize);

    private async Task<IReadOnlyList<FatEntry>> ListAsync(uint cluster, CancellationToken token)
    {
        var entries = new List<FatEntry>();
        var room = _budget.Limits.FatDirectoryEntries;
        if (cluster == 0 && _rootEntries > 0)
        {
            Parse(await _view.ReadUpToAsync(_rootAt, 32 * Math.Min(_rootEntries, room), token), entries);
            return entries;
        }

        while (cluster >= 2 && cluster - 2 < _clusters && room > 0)
        {
            var bytes = await _view.ReadUpToAsync(ClusterAt(cluster), Math.Min(_clusterSize, 32 * room), token);
            room -= Math.Max(1, bytes.Length / 32);
            if (bytes.Length == 0 || !Parse(bytes, entries))
                break;
            cluster = await NextAsync(cluster, token);
        }

        return entries;
    }

    // FAT12 has under 4085 clusters, FAT16 under 65525: this and nothing else tells them apart.
    private async Task<uint> NextAsync(uint cluster, CancellationToken token)
    {
        if (_clusters < 4085)
        {
            if (await _view.ReadOrNullAsync(_fatAt + cluster + (cluster / 2), 2, token) is not { } pair)
                return 0;
            var both = ReadUInt16LittleEndian(pair);
            return (uint)((cluster & 1) == 0 ? both & 0xfff : both >> 4);
        }

        if (_clusters < 65525)
            return await _view.ReadOrNullAsync(_fatAt + (2L * cluster), 2, token) is { } two ? ReadUInt16LittleEndian(two) : 0u;
        return await _view.ReadOrNullAsync(_fatAt + (4L * cluster), 4, token) is { } four
            ? ReadUInt32LittleEndian(four) & 0x0fffffff
            : 0;
    }

    // False at the entry that ends a directory. Long names are left out: what firmware looks for has a short one.
    private static bool Parse(ReadOnlySpan<byte> bytes, List<FatEntry> entries)
    {
        for (; bytes.Length >= 32; bytes = bytes[32..])
        {
            if (bytes[0] == 0)
                return false;
            const byte volumeLabel = 0x08;
            const byte directory = 0x10;
            if (bytes[0] is 0xe5 or (byte)'.' || (bytes[11] & volumeLabel) != 0)
                continue;
            var name = Encoding.Latin1.GetString(bytes[..8]).TrimEnd();
            var extension = Encoding.Latin1.GetString(bytes[8..11]).TrimEnd();
            entries.Add(
                new FatEntry(
                    extension.Length == 0 ? name : $"{name}.{extension}",
                    (bytes[11] & directory) != 0,
                    ((uint)ReadUInt16LittleEndian(bytes[20..]) << 16) | ReadUInt16LittleEndian(bytes[26..]),
                    ReadUInt32LittleEndian(bytes[28..])
                )
            );
        }

        return true;
    }
}

/// <summary>A directory entry: its short name in upper case, what it is, and where.</summary>
internal sealed record FatEntry(string Name, bool IsDirectory, uint Cluster, uint Size);
