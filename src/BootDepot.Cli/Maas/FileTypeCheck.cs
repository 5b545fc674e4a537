using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using BootDepot.DiskImages;
using BootDepot.DiskImages.Check;
using BootDepot.DiskImages.Identify;
using BootDepot.Images;

namespace BootDepot.Cli.Maas;

/// <summary>
/// Looks into the file before it is sent: a file that is recognised as something else than its <c>filetype</c> says
/// would make images that do not boot. Content that is nothing known is sent as it always was.
/// </summary>
internal static class FileTypeCheck
{
    public static async Task RunAsync(CommandHost host, string file, Dictionary<string, DataWord> data, bool force)
    {
        // What is to be converted is something else by intent.
        if (data.ContainsKey("convert"))
            return;
        if (!data.ContainsKey("filetype") && FileNames.GuessOrNull(Path.GetFileName(file)) is { UploadName: { } guess } guessed && guessed != FileType.DefaultUpload)
        {
            data["filetype"] = new DataWord("filetype", guess, false);
            await host.Error.WriteLineAsync($"No filetype given; taking {guess}, as the name of {Path.GetFileName(file)} says.");
        }

        if (FileType.FindUploadOrNull(data.GetValueOrDefault("filetype")?.Value ?? FileType.DefaultUpload.UploadName!) is not { } declared)
            return;
        Architecture? architecture = Architecture.TryParse(data.GetValueOrDefault("architecture")?.Value, out var parsed) ? parsed : null;
        await using var content = new FileStream(file, FileMode.Open, FileAccess.Read);
        var found = await DiskImageInspector.IdentifyAsync(content, host.Interrupted);
        // Only what was recognised can contradict; damaged or unknown content is the server's to judge.
        if (DeclaredType.Check(declared, architecture, found, force) is TypeVerdict.Refused { RightType: { } right } refused && right != declared)
            throw CommandFailure.Failed($"{refused.Fault.Message}\nFile: {file}. Nothing was sent; --force sends it nevertheless.");
    }
}
