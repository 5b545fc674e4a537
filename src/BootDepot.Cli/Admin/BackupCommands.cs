using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Cli.Server;
using BootDepot.Region;
using BootDepot.Region.Backups;
using BootDepot.Region.Publishing;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Cli.Admin;

/// <summary><c>bootdepot admin backup</c>, <c>restore</c> and <c>rotate-stream-key</c>.</summary>
internal static class BackupCommands
{
    public static Command Backup(CommandHost host)
    {
        var data = DataOption.Create(host);
        var target = new Argument<string>("FOLDER") { Description = "A new folder." };
        var blobs = new Option<bool>("--blobs") { Description = "Copy the stored image bytes, too; else they are imported again after a restoration." };
        var command = new Command("backup", "Copy catalogue and keys of a region, while it runs, to a folder, verified.") { target, data, blobs };
        command.SetAction((p, cancel) => BackupAsync(host, p.GetValue(data)!, p.GetValue(target)!, p.GetValue(blobs), cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> BackupAsync(CommandHost host, string data, string target, bool blobs, CancellationToken cancel)
    {
        using (await AdminCommand.OpenFilesAsync(host, data, cancel))
        {
            var report = AdminCommand.Take(await RegionBackup.WriteAsync(new DataFolder(data), host.FullPath(target), blobs, host.Time, cancel));
            return Say(host, "Backed up", report, blobs);
        }
    }

    public static Command Restore(CommandHost host)
    {
        var data = DataOption.Create(host);
        var source = new Argument<string>("FOLDER") { Description = "The backup." };
        var command = new Command("restore", "Make a region's data directory of a backup, every byte of it checked first.") { source, data };
        command.SetAction((p, cancel) => RestoreAsync(host, p.GetValue(data)!, p.GetValue(source)!, cancel));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RestoreAsync(CommandHost host, string data, string source, CancellationToken cancel)
    {
        DataOwner.Become(data);
        return Say(host, "Restored", AdminCommand.Take(await RegionBackup.RestoreAsync(host.FullPath(source), new DataFolder(data), host.Time, cancel)), true);
    }

    private static int Say(CommandHost host, string what, BackupReport report, bool sayMissing)
    {
        host.WriteOut(string.Create(CultureInfo.InvariantCulture, $"{what} {report.Files} files ({ByteSize.Text(report.Bytes)}).\n"));
        if (sayMissing && report.MissingBlobs > 0)
        {
            host.WriteOut(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.MissingBlobs} blobs of the catalogue are not there: 'admin scrub' takes their images out of service, and the next import fetches them.\n"));
        }

        return 0;
    }

    public static Command RotateStreamKey(CommandHost host)
    {
        var data = DataOption.Create(host);
        var take = new Option<bool>("--switch") { Description = "Let the announced key take over." };
        var drop = new Option<bool>("--drop-former") { Description = "Take the former keys out of the published keyring." };
        var command = new Command("rotate-stream-key", "Announce a new key for the published stream, and later let it take over. Restart the region after each step.") { data, take, drop };
        command.SetAction((p, _) => Task.FromResult(Rotate(host, p.GetValue(data)!, p.GetValue(take), p.GetValue(drop))));
        return command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Rotate(CommandHost host, string data, bool take, bool drop)
    {
        DataOwner.Become(data);
        var file = new DataFolder(data).StreamKey;
        if (drop)
            host.WriteOut(StreamKeys.DropFormer(file) ? "The former keys are no longer published.\n" : "There are no former keys.\n");
        else if (take)
            host.WriteOut($"{AdminCommand.Take(StreamKeys.Switch(file))} signs from the next start on.\n");
        else
            host.WriteOut($"{AdminCommand.Take(StreamKeys.Announce(file, SigningKeyKind.Ed25519, host.Time.GetUtcNow()))} is in the keyring from the next start on. Let it take over with --switch when all clients have that.\n");
        return 0;
    }
}
