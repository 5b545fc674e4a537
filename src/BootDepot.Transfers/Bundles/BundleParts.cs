using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using Microsoft.Win32.SafeHandles;

namespace BootDepot.Transfers.Bundles;

/// <summary>The files that a bundle lies in, read as one. Parts are named <c>NAME.001</c>, <c>NAME.002</c> and so on.</summary>
public sealed class BundleParts : IDisposable
{
    private readonly List<(string Path, SafeFileHandle Handle, long Start, long Length)> _parts = [];

    private BundleParts()
    {
    }

    /// <summary>Bytes of all of them.</summary>
    public long Length => _parts.Count == 0 ? 0 : _parts[^1].Start + _parts[^1].Length;

    /// <summary>The name of a part.</summary>
    internal static string NameOf(string bundle, int number) => string.Create(CultureInfo.InvariantCulture, $"{bundle}.{number:000}");

    /// <summary>
    /// Opens a bundle: one file, the name that its parts have in common, or all parts in any order.
    /// </summary>
    /// <exception cref="BundleException"><see cref="BundleErrors.CutShort"/>: a part is missing.</exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static BundleParts Open(IReadOnlyList<string> files) => OpenInThisOrder(InOrder(files));

    internal static BundleParts OpenInThisOrder(IEnumerable<string> files)
    {
        var parts = new BundleParts();
        try
        {
            foreach (var file in files)
            {
                var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
                parts._parts.Add((file, handle, parts.Length, RandomAccess.GetLength(handle)));
            }

            return parts;
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    /// <summary>Reads until the buffer is full or the end is reached.</summary>
    public async Task<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        var read = 0;
        while (read < buffer.Length)
        {
            var part = _parts.FindIndex(p => offset >= p.Start && offset < p.Start + p.Length);
            if (part < 0)
                break;
            var (_, handle, start, length) = _parts[part];
            var want = (int)long.Min(buffer.Length - read, start + length - offset);
            var count = await RandomAccess.ReadAsync(handle, buffer.Slice(read, want), offset - start, cancel);
            if (count == 0)
                break; // cut while it is read
            read += count;
            offset += count;
        }

        return read;
    }

    /// <summary>Where a byte of the bundle is, for people: <c>byte 17 of site.bundle.002</c>.</summary>
    public string PlaceOf(long offset)
    {
        var part = _parts.FindIndex(p => offset < p.Start + p.Length);
        var (path, _, start, _) = _parts[part < 0 ? _parts.Count - 1 : part];
        return string.Create(CultureInfo.InvariantCulture, $"byte {offset - start} of {Path.GetFileName(path)}");
    }

    /// <summary>Why the bundle has not the length it should have; null when it has.</summary>
    internal Fault? LengthFaultOrNull(long expected)
    {
        if (Length == expected)
            return null;
        if (Length > expected)
            return new Fault(BundleErrors.Damaged, $"There are {Length - expected} bytes behind the end of the bundle, from {PlaceOf(expected)} on. Is a part of another bundle among the files?");
        var cut = _parts.SkipLast(1).FirstOrDefault(p => p.Length < _parts[0].Length).Path;
        return new Fault(
            BundleErrors.CutShort,
            $"The bundle has {Length} of its {expected} bytes: "
            + (cut is null ? $"{Path.GetFileName(_parts[^1].Path)} was cut, or parts behind it are missing" : $"{Path.GetFileName(cut)} was cut")
            + ". Nothing was changed; copy it again from where it was made.");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var part in _parts)
            part.Handle.Dispose();
    }

    private static IEnumerable<string> InOrder(IReadOnlyList<string> files)
    {
        if (files is [var only] && !File.Exists(only) && File.Exists(NameOf(only, 1)))
            files = Siblings(only);
        if (files.Count == 1 && NumberOrNull(files[0]) is not 1)
            return files;
        var numbered = files.Select(f => (File: f, Number: NumberOrNull(f))).OrderBy(f => f.Number).ToList();
        for (var i = 0; i < numbered.Count; i++)
        {
            var (file, number) = numbered[i];
            if (number is null)
                throw new BundleException(new Fault(BundleErrors.Unreadable, $"{file} is not named as a part of a bundle (NAME.001). Name the parts of one bundle only, or one whole file."));
            if (number != i + 1)
            {
                throw new BundleException(new Fault(
                    BundleErrors.CutShort,
                    $"{NameOf(Path.GetFileName(file[..file.LastIndexOf('.')]), i + 1)} is missing. Nothing was changed; name all parts of the bundle."));
            }
        }

        return numbered.Select(n => n.File);
    }

    private static List<string> Siblings(string bundle)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(bundle))!;
        return [.. Directory.EnumerateFiles(folder, Path.GetFileName(bundle) + ".*").Where(f => NumberOrNull(f) is not null)];
    }

    private static int? NumberOrNull(string file)
    {
        var ending = Path.GetExtension(file.AsSpan());
        return ending.Length >= 4 && int.TryParse(ending[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
    }
}
