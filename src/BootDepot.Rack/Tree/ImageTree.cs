using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using BootDepot.Blobs.Files;
using BootDepot.Rack.Hosting;

namespace BootDepot.Rack.Tree;

/// <summary>
/// The tree of images on disk: a snapshot is made beside the one that is served, and one rename of the link <c>current</c> puts
/// it in place. Files are further names of those in the store, so a snapshot costs no bytes, and what it shows stays whole
/// although the store forgets it. Whoever reads a file of an older snapshot goes on to its end. Whatever else lies in the folder
/// is somebody else's and left alone.
/// </summary>
internal sealed class ImageTree(RackFolder folder, FileBlobStore store, TimeProvider time)
{
    private const string Snapshot = "snapshot-";
    private const string Draft = ".draft-";
    private const string Current = "current";

    private readonly Dictionary<string, DateTimeOffset> _retired = new(StringComparer.Ordinal);
    private string? _shown;

    /// <summary>Makes the folder, and removes what a killed process left half-made.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(folder.Tree);
        foreach (var draft in Directory.EnumerateFileSystemEntries(folder.Tree, Draft + "*"))
            Delete(draft);
    }

    /// <summary>Shows these files. False when that is what is shown already.</summary>
    public bool Show(TreePlan plan)
    {
        var fingerprint = FingerprintOf(plan);
        if (_shown == fingerprint && File.Exists(Path.Combine(folder.CurrentTree, MetaFile.Name)))
            return false;
        var draft = Path.Combine(folder.Tree, Draft + Guid.NewGuid().ToString("N"));
        Fill(draft, plan);
        var name = FreeName();
        var snapshot = Path.Combine(folder.Tree, name);
        Directory.Move(draft, snapshot);
        Switch(name);
        _shown = fingerprint;
        return true;
    }

    /// <summary>Deletes snapshots that have not been shown for so long.</summary>
    public void Clean(TimeSpan grace)
    {
        var now = time.GetUtcNow();
        var current = CurrentOrNull();
        foreach (var path in Directory.EnumerateDirectories(folder.Tree, Snapshot + "*"))
        {
            var name = Path.GetFileName(path);
            if (name == current || !IsOurs(name))
            {
                _retired.Remove(name);
                continue;
            }

            if (!_retired.TryGetValue(name, out var since))
                _retired[name] = since = now;
            if (now - since < grace)
                continue;
            Delete(path);
            _retired.Remove(name);
        }
    }

    private void Fill(string draft, TreePlan plan)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal) { draft };
        Directory.CreateDirectory(draft);
        foreach (var (path, digest) in plan.Files)
        {
            var file = Path.Combine(draft, path);
            for (var parent = Path.GetDirectoryName(file)!; folders.Add(parent); parent = Path.GetDirectoryName(parent)!)
                Directory.CreateDirectory(parent);
            store.LinkTo(digest, file);
        }

        RackFolder.Replace(Path.Combine(draft, MetaFile.Name), MetaFile.Write(plan));
        File.SetUnixFileMode(Path.Combine(draft, MetaFile.Name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        // The link must never stand for names that a power cut could take away.
        foreach (var made in folders)
            DurableNames.Flush(made);
    }

    private void Switch(string name)
    {
        var link = Path.Combine(folder.Tree, Draft + Guid.NewGuid().ToString("N"));
        File.CreateSymbolicLink(link, name);
        DurableNames.Flush(folder.Tree);
        DurableNames.Replace(link, folder.CurrentTree);
        DurableNames.Flush(folder.Tree);
    }

    private string FreeName()
    {
        var stamp = Snapshot + time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var name = stamp;
        for (var n = 2; Directory.Exists(Path.Combine(folder.Tree, name)); n++)
            name = string.Create(CultureInfo.InvariantCulture, $"{stamp}-{n}");
        return name;
    }

    private string? CurrentOrNull() => new FileInfo(folder.CurrentTree).LinkTarget is { } target ? Path.GetFileName(target) : null;

    private static string FingerprintOf(TreePlan plan)
    {
        var text = new StringBuilder();
        foreach (var (path, digest) in plan.Files)
            text.Append(path).Append('\0').Append(digest.Hex).Append('\n');
        text.Append(Convert.ToHexStringLower(SHA256.HashData(MetaFile.Write(plan))));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static bool IsOurs(string name) =>
        name.Length >= Snapshot.Length + 15 && name[Snapshot.Length..].All(c => char.IsAsciiDigit(c) || c == '-');

    private static void Delete(string path)
    {
        if (new FileInfo(path).LinkTarget is null && Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }
}
