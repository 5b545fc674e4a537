using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BootDepot.Images;
using BootDepot.Images.Booting;
using BootDepot.Rack.Holding;
using BootDepot.Rack.Netboot.Images;

namespace BootDepot.Rack.Netboot.Install;

/// <summary>
/// What installers report, and which machines are therefore done. A token says which machine installs which image; it is
/// signed with a key of this rack, so that nothing has to be kept for it and a restart in the middle of an installation does
/// no harm. That a machine is done is kept in a file: forgetting it would install the machine again, and again.
/// </summary>
internal sealed class InstallReports
{
    /// <summary>Path below which installers report: <c>/install-reports/TOKEN</c>.</summary>
    public const string Folder = "install-reports";

    private const int KeyBytes = 32;
    private const int MacBytes = 16;
    private const string NoMachine = "any";

    private readonly System.Threading.Lock _lock = new();
    private readonly string _doneFile;
    private readonly byte[] _key;
    private readonly BootAssignments _assignments;
    private readonly Dictionary<string, Installed> _done;

    /// <summary>Reads what is known, from the rack's data folder.</summary>
    public InstallReports(string dataFolder, BootAssignments assignments)
    {
        Directory.CreateDirectory(dataFolder);
        _assignments = assignments;
        _doneFile = Path.Combine(dataFolder, "installed.json");
        _key = KeyOf(Path.Combine(dataFolder, "install-reports.key"));
        _done = File.Exists(_doneFile)
            ? JsonSerializer.Deserialize<Dictionary<string, Installed>>(File.ReadAllBytes(_doneFile)) ?? []
            : [];
    }

    /// <summary>The token for a machine of an architecture that installs the file with that digest.</summary>
    public string Token(MacAddress? machine, string arch, Digest digest)
    {
        var claim = $"{machine?.Dashed ?? NoMachine}.{ImagePaths.Plain(arch)}.{digest.Hex}";
        return $"{claim}.{Sign(claim)}";
    }

    /// <summary>What a token says; null for one that is not this rack's.</summary>
    public InstallClaim? ReadOrNull(string token)
    {
        if (token.Split('.') is not [var who, var arch, var hex, var mark]
            || !Digest.TryParse(hex, out var digest)
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mark), Encoding.UTF8.GetBytes(Sign($"{who}.{arch}.{hex}"))))
        {
            return null;
        }

        return new InstallClaim(MacAddress.TryParse(who, out var machine) ? machine : null, arch, digest);
    }

    /// <summary>What a machine does in view of what it did: one that was installed as assigned boots its disk.</summary>
    public BootAssignment Afterwards(MacAddress? machine, BootAssignment assignment)
    {
        if (machine is not { } mac || assignment.Mode != BootMode.Install)
            return assignment;
        lock (_lock)
        {
            return _done.TryGetValue(mac.ToString(), out var done) && done.Mark == MarkOf(assignment)
                ? assignment with { Mode = BootMode.Local }
                : assignment;
        }
    }

    /// <summary>A machine is installed. One that has no such assignment (it was chosen from a menu) boots as before.</summary>
    public void Done(MacAddress machine, string arch)
    {
        var assignment = _assignments.For(machine, arch);
        if (assignment.Mode != BootMode.Install)
            return;
        lock (_lock)
        {
            _done[machine.ToString()] = new Installed(arch, MarkOf(assignment));
            Save();
        }
    }

    /// <summary>Forgets machines that are assigned something else by now, so that the same assignment given anew counts anew.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            var gone = _done.Where(d => MarkOf(_assignments.For(MacAddress.Parse(d.Key), d.Value.Arch)) != d.Value.Mark).Select(d => d.Key).ToList();
            foreach (var machine in gone)
                _done.Remove(machine);
            if (gone.Count > 0)
                Save();
        }
    }

    private static string MarkOf(BootAssignment assignment) => string.Create(
        CultureInfo.InvariantCulture,
        $"{assignment.Mode} {assignment.Image} {assignment.Kernel} {assignment.Version} {assignment.Disk} {assignment.KernelParameters}");

    private static byte[] KeyOf(string path)
    {
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: KeyBytes } key)
            return key;
        key = RandomNumberGenerator.GetBytes(KeyBytes);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(key);
        return key;
    }

    private string Sign(string claim) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(claim)).AsSpan(0, MacBytes));

    private void Save()
    {
        var partial = _doneFile + ".new";
        File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(_done));
        File.Move(partial, _doneFile, overwrite: true);
    }

    /// <summary>As what a machine was installed.</summary>
    /// <param name="Arch">The architecture that its assignment was looked up with.</param>
    /// <param name="Mark">The assignment that was carried out.</param>
    internal sealed record Installed(string Arch, string Mark);
}

/// <summary>What a token of an installation says.</summary>
/// <param name="Machine">The machine; null when it did not say who it is.</param>
/// <param name="Arch">Its architecture.</param>
/// <param name="Digest">The file that it installs.</param>
internal sealed record InstallClaim(MacAddress? Machine, string Arch, Digest Digest);
