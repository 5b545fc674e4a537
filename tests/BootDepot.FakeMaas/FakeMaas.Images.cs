using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.AspNetCore.Http;

namespace BootDepot.FakeMaas;

public sealed partial class FakeMaas
{
    private Answer BootSources(string path, RecordedRequest request)
    {
        var parts = path.TrimEnd('/').Split('/');
        if (parts.Length == 1)
        {
            if (request.Method == "GET")
                return Json(Sources.Select(s => Documents.Source(s, Era)));
            var created = new FakeSource { Id = NextId(), Name = request.Value("name") ?? request.Value("url") ?? "" };
            if (Apply(created, request) is { } refused)
                return refused;
            Sources.Add(created);
            return Json(Documents.Source(created, Era), 201);
        }

        var source = Sources.FirstOrDefault(s => s.Id.ToString(CultureInfo.InvariantCulture) == parts[1]);
        if (source is null)
            return Missing("BootSource");
        if (parts.Length > 2)
            return Selections(source, parts, request);
        switch (request.Method)
        {
            case "GET":
                return Json(Documents.Source(source, Era));
            case "DELETE":
                Sources.Remove(source);
                return Answer.NoContent;
            default:
                return Apply(source, request) ?? Json(Documents.Source(source, Era));
        }
    }

    private Answer? Apply(FakeSource source, RecordedRequest request)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var url = request.Value("url") ?? source.Url;
        if (url.Length == 0)
            errors["url"] = ["This field is required."];
        var filename = request.Value("keyring_filename") ?? source.KeyringFilename;
        // As in MAAS, a keyring counts only as a file.
        var keyring = request.Form.LastOrDefault(p => p is { Name: "keyring_data", IsFile: true })?.Bytes ?? source.KeyringData;
        if (filename.Length == 0 && keyring.Length == 0 && !url.EndsWith(".json", StringComparison.Ordinal))
            errors["__all__"] = ["One of keyring_data or keyring_filename must be specified."];
        if (filename.Length > 0 && keyring.Length > 0)
            errors["__all__"] = ["Only one of keyring_filename or keyring_data can be specified."];
        if (errors.Count > 0)
            return Json(errors, 400);
        source.Url = Era == MaasEra.V38 ? url.TrimEnd('/') : url;
        source.KeyringFilename = filename;
        source.KeyringData = keyring;
        source.Name = request.Value("name") ?? source.Name;
        source.Priority = request.Value("priority") is { } p ? int.Parse(p, CultureInfo.InvariantCulture) : source.Priority;
        source.Enabled = request.Value("enabled") is { } e ? e == "true" : source.Enabled;
        source.SkipVerification = request.Value("skip_keyring_verification") is { } k ? k == "true" : source.SkipVerification;
        return null;
    }

    private Answer Selections(FakeSource source, string[] parts, RecordedRequest request)
    {
        if (parts.Length == 3)
        {
            if (request.Method == "GET")
                return Json(source.Selections.Select(s => Selection(source, s)));
            var created = new FakeSelection { Id = NextId() };
            if (Apply(created, request) is { } refused)
                return refused;
            source.Selections.Add(created);
            return Json(Selection(source, created));
        }

        var selection = source.Selections.FirstOrDefault(s => s.Id.ToString(CultureInfo.InvariantCulture) == parts[3]);
        if (selection is null)
            return Missing("BootSourceSelection");
        switch (request.Method)
        {
            case "GET":
                return Json(Selection(source, selection));
            case "DELETE":
                source.Selections.Remove(selection);
                return Answer.NoContent;
            default:
                return Apply(selection, request) ?? Json(Selection(source, selection));
        }
    }

    private static Dictionary<string, object?> Selection(FakeSource source, FakeSelection selection) => Documents.Selection(source, selection);

    private static Answer? Apply(FakeSelection selection, RecordedRequest request)
    {
        var os = request.Value("os") ?? selection.Os;
        var release = request.Value("release") ?? selection.Release;
        if (release == "foo")
            return Json(new Dictionary<string, string[]> { ["os"] = [$"OS {os} with release {release} has no available images for download"] }, 400);
        selection.Os = os;
        selection.Release = release;
        List<string> Of(string name, List<string> before) =>
            request.Form.Any(p => p.Name == name) ? [.. request.Values(name).Where(v => v.Length > 0)] : before;
        selection.Arches = Of("arches", selection.Arches);
        selection.Subarches = Of("subarches", selection.Subarches);
        selection.Labels = Of("labels", selection.Labels);
        return null;
    }

    private Answer BootResources(string path, string op, HttpContext context, RecordedRequest request)
    {
        var parts = path.TrimEnd('/').Split('/');
        if (parts.Length == 1)
        {
            return (request.Method, op) switch
            {
                ("POST", "import") => StartImport(),
                ("POST", "stop_import") => StopImport(),
                ("GET", "is_importing") => Json(AskImporting()),
                ("GET", _) => ListResources(context.Request.Query["type"].ToString()),
                _ => CreateResource(request),
            };
        }

        var resource = Resources.FirstOrDefault(r => r.Id.ToString(CultureInfo.InvariantCulture) == parts[1]);
        if (resource is null)
            return Missing("BootResource");
        if (parts.Length == 4 && request.Method == "HEAD" && Era == MaasEra.BootDepot)
        {
            var file = resource.Sets.SelectMany(s => s.Files).First(f => f.Id.ToString(CultureInfo.InvariantCulture) == parts[3]);
            context.Response.Headers["Upload-Offset"] = file.Received.ToString(CultureInfo.InvariantCulture);
            return Answer.NoContent with { Status = 200 };
        }

        if (parts.Length == 4)
            return Answer.Plain(405, "");
        if (request.Method != "DELETE")
            return Json(Documents.Resource(resource, Era, withSets: true));
        Resources.Remove(resource);
        return Answer.NoContent;
    }

    private Answer StartImport()
    {
        IsImporting = true;
        return Answer.Plain(200, "Import of boot resources started");
    }

    private Answer StopImport()
    {
        IsImporting = false;
        return Answer.Plain(200, "Import of boot resources is being stopped");
    }

    private bool AskImporting()
    {
        if (IsImporting && ImportAnswers-- <= 0)
            IsImporting = false;
        return IsImporting;
    }

    private Answer ListResources(string type)
    {
        if (type is not ("" or "all" or "synced" or "uploaded") && !(type == "generated" && Era <= MaasEra.V34))
            return Answer.Plain(400, $"'{type}' is not a valid boot resource type. Available types: ['synced', 'uploaded']");
        return Json(Resources.Where(r => type is "" or "all" || r.Type.Equals(type, StringComparison.OrdinalIgnoreCase))
            .Select(r => Documents.Resource(r, Era, withSets: false)));
    }

    private Answer CreateResource(RecordedRequest request)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var name in new[] { "name", "architecture", "sha256", "size" })
        {
            if (string.IsNullOrEmpty(request.Value(name)))
                errors[name] = ["This field is required."];
        }

        if (request.Value("architecture") is "mips/generic")
            errors["architecture"] = ["'mips/generic' is not a valid architecture.  It should be one of: 'amd64/generic', 'arm64/generic'."];
        if (errors.Count > 0)
            return Json(errors, 400);
        return Json(Documents.Resource(AddSet(request), Era, withSets: true), 201);
    }

    private FakeResource AddSet(RecordedRequest request)
    {
        var name = request.Value("name")!;
        if (Era <= MaasEra.V34 && name.StartsWith("custom/", StringComparison.Ordinal))
            name = name["custom/".Length..];
        var architecture = request.Value("architecture")!;
        var resource = Resources.FirstOrDefault(r => r.Type == "Uploaded" && r.Name == name && r.Architecture == architecture);
        if (resource is null)
        {
            resource = new FakeResource { Id = NextId(), Name = name, Architecture = architecture, Subarches = architecture.Split('/')[1] };
            Resources.Add(resource);
        }

        resource.Title = request.Value("title") ?? "";
        resource.BaseImage ??= request.Value("base_image");
        var sha256 = request.Value("sha256")!;
        var size = long.Parse(request.Value("size")!, CultureInfo.InvariantCulture);
        var there = Era != MaasEra.V38
            && Resources.SelectMany(r => r.Sets).SelectMany(s => s.Files).Any(f => f.Complete && f.Sha256 == sha256 && f.Size == size);
        foreach (var old in resource.Sets)
            old.Files.Clear();
        var set = new FakeSet { Version = resource.Sets.Count == 0 ? "20260203" : $"20260203.{resource.Sets.Count}" };
        var filetype = request.Value("filetype") ?? "tgz";
        var stored = filetype switch { "tgz" => "root-tgz", "ddtgz" => "root-dd", "ddgz" => "root-dd.gz", _ => "root-" + filetype };
        set.Files.Add(new FakeFile
        {
            Id = NextId(), Filetype = stored, Filename = stored == "root-tgz" && Era >= MaasEra.V38 ? "root.tgz" : stored,
            Sha256 = sha256, Size = size, Complete = there, Received = there ? size : 0,
        });
        resource.Sets.Add(set);
        return resource;
    }
}
